"""Withdrawals as staff see them: what was declared is read only, what becomes of it is asked."""

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.admin.mixins import SecretsMixin
from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.models import User
from invoices.models import Withdrawal
from invoices.models.withdrawal import WithdrawalQuerySet
from invoices.rights import MAY_REFUND
from invoices.withdrawals.contracts import contract_of_words
from invoices.withdrawals.deciding import MAY_SETTLE, came_by_card
from invoices.withdrawals.handling import handle
from invoices.withdrawals.handling_form import (
    ASKED_OF_SOME,
    SETTLING,
    HandlingForm,
    asked_about,
)
from invoices.withdrawals.rights import agreed_quote, doubt_words, period_of_order, period_of_quote
from invoices.withdrawals.standing import Standing, standing_of
from mail.telling import gets_mail
from money.filters import money
from store.exceptions import Refusal


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("to be seen to")), ("no", pgettext("done with", "closed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Withdrawal]:
        withdrawals: WithdrawalQuerySet = queryset
        match self.value():
            case "yes":
                return withdrawals.open()
            case "no":
                return withdrawals.exclude(closed_at=None)
        return withdrawals


@admin.register(Withdrawal)
class WithdrawalAdmin(SecretsMixin):
    # A contract may have been declared by the link of a mail.
    secrets: ClassVar[list[str]] = ["secret", "idempotency_key", "contract"]
    form = HandlingForm
    list_display = [
        "name",
        "declared_contract",
        "standing",
        "declared_at",
        "refund_due",
        "order",
        "ticket",
    ]
    list_filter = [OpenFilter]
    list_select_related = ["order", "ticket"]
    search_fields = ["name", "email"]
    search_help_text = _("Name, e-mail address, or the number of the order or ticket")
    readonly_fields = (
        *("name", "declared_contract", "things", "email", "received", "standing"),
        *("refund_due", "vouched_at"),
        *("time_to_withdraw", "doubt", "order_link", "ticket", "proven_by", "proven_at"),
        *("seal_found", "owed_part", "returned_at", "closed_at", "answer_given", "handled_by"),
    )
    fieldsets = (
        (None, {"fields": ["name", "declared_contract", "things", "email", "received"]}),
        (
            _("How it stands"),
            {
                "fields": [
                    *("standing", "refund_due", "time_to_withdraw", "doubt"),
                    *("order_link", "ticket", "vouched_at", "proven_by", "proven_at"),
                    *("returned_at", "seal_found", "owed_part"),
                    *("closed_at", "answer_given", "handled_by"),
                ]
            },
        ),
        (
            _("What you do"),
            {
                "fields": [
                    *("shown", "found", "is_theirs", "has_returned"),
                    *(*ASKED_OF_SOME, "answer", "words"),
                ]
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Withdrawal | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Withdrawal | None = None) -> bool:
        """What was answered is over."""
        return super().has_change_permission(request, obj) and not (obj and obj.closed_at)

    def get_fieldsets(self, request: HttpRequest, obj: Withdrawal | None = None) -> Any:
        declared, stands, asked = super().get_fieldsets(request, obj)
        if obj is None:
            return [declared, stands]
        # Rows that say nothing of this one yet.
        said = [name for name in stands[1]["fields"] if self.words_of(obj, str(name))]
        shown = [declared, (stands[0], {"fields": said})]
        if not self.has_change_permission(request, obj):
            return shown
        title, told = asked
        hidden = {*ASKED_OF_SOME} - {*asked_about(obj)}
        if not request.user.has_perms(MAY_SETTLE):
            hidden |= {*SETTLING}
        return [*shown, (title, {"fields": [n for n in told["fields"] if n not in hidden]})]

    def words_of(self, withdrawal: Withdrawal, name: str) -> Any:
        display = getattr(self, name, None)
        return display(withdrawal) if display else getattr(withdrawal, name)

    def save_model(self, request: HttpRequest, obj: Withdrawal, form: Any, change: bool) -> None:  # noqa: FBT001
        handling, actor = form.handling, cast(User, request.user)
        order = handling.contract.order if handling.contract else obj.order
        if handling.contract or handling.is_theirs or handling.answer:
            require_confirmation(request)
        if handling.is_theirs and order and came_by_card(order) and actor.has_perms(MAY_REFUND):
            tell(SecurityEvent.MONEY_BACK, actor, request, str(order))
        if handling.owed is not None:
            if not actor.has_perms(MAY_SETTLE):
                raise PermissionDenied
            require_confirmation(request)
        try:
            done = handle(withdrawal_id=obj.pk, handling=handling, actor=actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return
        if standing_of(done) == Standing.VOUCHED:
            messages.info(request, _("Noted. A manager decides: you may not do what follows."))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Withdrawal], search_term: str
    ) -> tuple[QuerySet[Withdrawal], bool]:
        found = contract_of_words(search_term)
        if found.subject:
            return queryset.filter(order=found.order, ticket=found.ticket), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("contract"), ordering="contract")
    def declared_contract(self, withdrawal: Withdrawal) -> str:
        return withdrawal.contract_words

    @admin.display(description=_("how it stands"))
    def standing(self, withdrawal: Withdrawal) -> str:
        stands = standing_of(withdrawal)
        known = withdrawal.order or (withdrawal.ticket and withdrawal.ticket.customer)
        if stands == Standing.UNPROVEN and not (known and gets_mail(known.email)):
            return str(_("to be asked: is it from the customer of this contract?"))
        return str(stands.label)

    @admin.display(description=_("money is to be back until"), ordering="declared_at")
    def refund_due(self, withdrawal: Withdrawal) -> str:
        return date_format(timezone.localdate(withdrawal.refund_due_at))

    @admin.display(description=_("received"))
    def received(self, withdrawal: Withdrawal) -> str:
        return withdrawal.declared_words

    @admin.display(description=_("last day to withdraw"))
    def time_to_withdraw(self, withdrawal: Withdrawal) -> str:
        last = None
        if withdrawal.order:
            last = period_of_order(withdrawal.order).last_day
        elif quote := agreed_quote(withdrawal.ticket) if withdrawal.ticket else None:
            last = period_of_quote(quote).last_day
        return date_format(last) if last else ""

    @admin.display(description=_("what speaks against it"))
    def doubt(self, withdrawal: Withdrawal) -> str:
        return doubt_words(withdrawal)

    @admin.display(description=_("seal"))
    def seal_found(self, withdrawal: Withdrawal) -> str:
        return str(withdrawal.get_seal_display())

    @admin.display(description=_("owed for the part that is done"))
    def owed_part(self, withdrawal: Withdrawal) -> str:
        return "" if withdrawal.owed is None else money(withdrawal.owed)

    @admin.display(description=_("how it ended"))
    def answer_given(self, withdrawal: Withdrawal) -> str:
        return str(withdrawal.get_answer_display())

    @admin.display(description=_("order"))
    def order_link(self, withdrawal: Withdrawal) -> SafeString | str:
        """With the page on which its things are taken back and its money goes back."""
        if withdrawal.order is None:
            return ""
        order = reverse("admin:store_order_change", args=[withdrawal.order_id])
        take_back = reverse("admin:store_order_take_back", args=[withdrawal.order_id])
        words = _("take things back and pay them back")
        link = '<a href="{}">{}</a> · <a href="{}">{}</a>'
        return format_html(link, order, withdrawal.order, take_back, words)
