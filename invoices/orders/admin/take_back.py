"""Cancel, refund, return: what is taken off an order, looked at once more, and done."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.pages import StaffView
from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from invoices.admin.forms import BY_HAND
from invoices.admin.invoice_page import send_and_report
from invoices.documents.drafts import invoice_of_order
from invoices.exceptions import NothingToPay
from invoices.models import Invoice, Payment
from invoices.orders.taking_back import TakenBack, take_back, version_of
from invoices.orders.taking_back_plan import (
    GONE_OUT,
    Wish,
    billed_pieces,
    left_of,
    plan_of,
    worth_of,
)
from invoices.rights import MAY_RECORD, MAY_REFUND
from invoices.withdrawals.rights import lines_of
from mail.telling import gets_mail, no_mail
from money.filters import money
from store.exceptions import Refusal, VersionChanged
from store.models import Order, OrderLine
from store.models.withdrawal_rights import WithdrawalException
from store.versions import VersionedForm

SEALED = WithdrawalException.SEALED
MAY_CREDIT = "invoices.change_invoice"


class TakeBackForm(VersionedForm):
    """Which things, why, and what becomes of them and of the money."""

    lines = forms.TypedMultipleChoiceField(
        label=gettext_lazy("What is taken back"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose what is taken back.")},
    )
    shipping = forms.BooleanField(label=gettext_lazy("Its shipping, too"), required=False)
    seal = forms.ChoiceField(
        label=gettext_lazy("The seal of what was sold sealed"),
        choices=[
            ("whole", gettext_lazy("it is whole")),
            ("broken", gettext_lazy("it is broken, and we take it back all the same")),
        ],
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Once it was broken after delivery, the right to withdraw is gone: you need not take "
            "it back. Then answer the withdrawal so instead."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=150,
        help_text=gettext_lazy("The customer reads it."),
    )
    things = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one of these.")},
    )
    to_card = forms.BooleanField(
        label=gettext_lazy("Send the money back to the card that paid"), required=False
    )
    by_hand = forms.ChoiceField(
        label=gettext_lazy("Money that did not come by card"), required=False
    )

    def __init__(self, *args: Any, invoice: Invoice, may: Any, **kwargs: Any) -> None:
        order = cast(Order, invoice.order)
        super().__init__(*args, prefix="back", version=version_of(invoice), **kwargs)
        self.left = left_of(order)
        has_gone = order.state in GONE_OUT
        worth = worth_of(invoice, self.left)
        self.field("lines").choices = [
            (line.pk, f"{line.title} ({line.piece}), {worth[line.pk].words}") for line in self.left
        ]
        away = _("it is not here yet, or is damaged")
        aside = away if has_gone else _("it stays out of the shop")
        self.field("things").choices = [("sale", _("it goes on sale again")), ("aside", aside)]
        wished = wished_back(order, self.left)
        # What was sent, or is withdrawn from, comes by post; else who brings it stands there.
        is_away = order.state == Order.State.SHIPPED or (has_gone and wished)
        known = {"shipping": True, "to_card": True, "things": "aside" if is_away else "sale"}
        # Of several, nobody takes back all by haste.
        only = [line.pk for line in self.left] if len(self.left) == 1 else []
        self.initial = {**self.initial, "lines": wished or only, **known}
        self.ask_why(invoice, order)
        self.sealed = {line.pk for line in self.left if line.withdrawal_exception == SEALED}
        if not (has_gone and self.sealed):
            del self.fields["seal"]
        self.leave_out(invoice, may)

    def ask_why(self, invoice: Invoice, order: Order) -> None:
        """A credit note says why; else who gets no mail reads it nowhere."""
        if gets_mail(order.email):
            return
        field = self.fields["reason"]
        on_paper = _("For the books: it stands on the credit note.")
        field.help_text = _("For the books.") if invoice.is_draft else on_paper
        field.required = bool(order.email) or not invoice.is_draft

    def begin_with(self, sent: QueryDict) -> None:
        """Propose what was chosen and typed before, of what is still there."""
        chosen = {*sent.getlist(self.add_prefix("lines"))}
        self.initial["lines"] = [line.pk for line in self.left if str(line.pk) in chosen]
        self.initial["reason"] = sent.get(self.add_prefix("reason"), "")

    def field(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def leave_out(self, invoice: Invoice, may: Any) -> None:
        """Ask nothing that has one answer."""
        shipped = any(billed.shipping for billed in billed_pieces(invoice).values())
        if invoice.is_draft or not shipped:
            del self.fields["shipping"]
        on_card = any(attempt.refundable > 0 for attempt in invoice.attempts.all())
        if not (on_card and may(MAY_REFUND)):
            del self.fields["to_card"]
        if not (invoice.refundable_by_hand > 0 and may(MAY_RECORD)):
            del self.fields["by_hand"]
            return
        later = ("", _("is still to be given back"))
        given = [(value, _("is given back now: %s") % label) for value, label in BY_HAND]
        self.field("by_hand").choices = [later, *given]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        asked = "seal" in self.fields and self.sealed & {*data.get("lines", [])}
        if asked and not data.get("seal") and "seal" not in self.errors:
            self.add_error("seal", _("Look at the seal, and say how it is."))
        return data

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        by_hand = data.get("by_hand")
        return Wish(
            lines=data["lines"],
            reason=data["reason"],
            with_shipping=data.get("shipping", True),
            on_sale=data["things"] == "sale",
            to_card=data.get("to_card", False),
            by_hand=Payment.Method(by_hand) if by_hand else None,
        )


def wished_back(order: Order, left: list[OrderLine]) -> list[int]:
    """What its customer has withdrawn from and is still there."""
    open_ones = order.withdrawals.open().proven()
    wished = {line.pk for each in open_ones for line in lines_of(each)}
    return [line.pk for line in left if line.pk in wished]


class TakeBackPage(StaffView):
    """First what is to be taken back, then the page that says what it leads to and asks."""

    permissions: ClassVar[list[str]] = ["store.change_order", MAY_CREDIT]
    model = Order
    about = "order"
    template = "take_back"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self.find(pk)
        if not left_of(cast(Order, invoice.order)):
            messages.error(request, NothingToPay().sentence)
            return redirect("admin:store_order_change", pk)
        return self.show(invoice, self.form_of(invoice))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self.find(pk)
        if not left_of(cast(Order, invoice.order)):
            # Such as by a second click: its page shows what became of the first.
            messages.error(request, VersionChanged().sentence)
            return redirect("admin:store_order_change", pk)
        form = self.form_of(invoice, request.POST)
        if form.has_error("lines", "invalid_choice"):
            # Somebody has taken back meanwhile what is chosen there.
            return self.ask_anew(invoice, VersionChanged())
        if not form.is_valid() or "back" in request.POST:
            return self.show(invoice, form)
        if "confirmed" not in request.POST:
            return self.confirm(invoice, form)
        return self.act(invoice, form)

    def find(self, pk: int) -> Invoice:
        order = get_object_or_404(Order, pk=pk)
        return invoice_of_order(order.pk)

    def form_of(self, invoice: Invoice, *data: Any) -> TakeBackForm:
        return TakeBackForm(*data, invoice=invoice, may=self.user.has_perms)

    def show(self, invoice: Invoice, form: TakeBackForm) -> HttpResponse:
        title = _("Cancel, refund or return")
        return self.page(title, order=invoice.order, invoice=invoice, form=form)

    def ask_anew(self, invoice: Invoice, refusal: Refusal) -> HttpResponse:
        """As the order is now, with what was chosen and typed; what it leads to may be another."""
        if not left_of(cast(Order, invoice.order)):
            messages.error(self.request, refusal.sentence)
            return redirect("admin:store_order_change", invoice.order_id)
        form = self.form_of(invoice)
        form.begin_with(self.request.POST)
        messages.error(self.request, refusal.sentence)
        return self.show(invoice, form)

    def confirm(self, invoice: Invoice, form: TakeBackForm) -> HttpResponse:
        try:
            plan = plan_of(invoice, form.wish)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.show(invoice, form)
        self.template = "take_back_confirm"
        names = {line.pk: line.description for line in invoice.lines.all()}
        parts = [(names[line], amount) for line, amount in plan.credits.items() if amount]
        title = _("This is what happens")
        return self.page(
            title, order=plan.order, invoice=invoice, form=form, plan=plan, parts=parts
        )

    def act(self, invoice: Invoice, form: TakeBackForm) -> HttpResponse:
        order = cast(Order, invoice.order)
        if form.wish.to_card or form.wish.by_hand:
            require_confirmation(self.request)
        try:
            done = take_back(
                order_id=order.pk,
                wish=form.wish,
                actor=self.user,
                version=form.cleaned_data["version"],
            )
        except Refusal as refusal:
            return self.ask_anew(self.find(order.pk), refusal)
        self.report(done)
        return redirect("admin:store_order_change", order.pk)

    def report(self, done: TakenBack) -> None:
        plan = done.plan
        text = _("The order is cancelled.") if plan.is_cancelled else _("It is taken back.")
        undone = no_mail(plan.order.email, plan.order.phone)
        told = undone or _("The customer has been told.")
        messages.success(self.request, f"{text} {told}")
        if done.refunds or done.payment:
            tell(SecurityEvent.MONEY_BACK, self.user, self.request, str(plan.order))
        if done.payment:
            back = money(-done.payment.amount, done.payment.currency)
            messages.success(self.request, _("Recorded: %s went back.") % back)
        send_and_report(self.request, done.refunds)
