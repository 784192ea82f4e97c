from itertools import chain
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.addresses import site_of
from accounts.admin.mixins import SecretsMixin
from accounts.admin.phones import PhoneSearchMixin
from accounts.models import User
from desk.lists import KeysFirstMixin
from invoices.admin.invoice_page import badge
from invoices.orders.admin.confirmation import how_confirmed
from invoices.orders.admin.correct import CorrectPage, TermsPage
from invoices.orders.admin.filters import OrderCountryFilter, ToDoFilter
from invoices.orders.admin.inlines import OrderEventInline, OrderLineInline
from invoices.orders.admin.mark_paid import HandOut, PayOrder, is_payable
from invoices.orders.admin.printing import AddressLabel, PackingSlip, PrintingMixin
from invoices.orders.admin.silent import notes_of, silent_fields, without
from invoices.orders.admin.take_back import TakeBackPage
from invoices.orders.admin.undo import UndoSlip
from invoices.orders.admin.whose import WhoseMixin
from invoices.orders.forms import OrderTransitionForm
from invoices.orders.taking_back_plan import left_of
from invoices.orders.to_do import FOR_STAFF
from invoices.orders.transitions import transition_and_notify
from invoices.orders.undoing import slip_of
from mail.telling import no_mail
from money.filters import money
from store.admin.mixins import ReadOnlyMixin
from store.admin.printed_numbers import PrintedNumberMixin
from store.carriers import Carrier
from store.exceptions import Refusal
from store.models import Order
from store.panels import bill_of, left_of_total, way_of_paying, with_bills
from store.renamed_fields import with_new_names

# Why an order ended, as the customer is told it too, but for who that is.
ENDINGS = dict(Order.Ending.choices) | {
    Order.Ending.CUSTOMER.value: _("the customer has cancelled it")
}


SHIP = Order.Transition.SHIP


def likely_carrier(order: Order) -> str:
    """Who was chosen before sending it was undone, or took the last parcel."""
    if SHIP not in order.allowed_transitions:
        return ""
    if order.carrier:
        return order.carrier
    sent = Order.objects.exclude(carrier="").order_by("-pk")
    return sent.values_list("carrier", flat=True).first() or ""


@admin.register(Order)
class OrderAdmin(
    WhoseMixin,
    PrintingMixin,
    PhoneSearchMixin,
    PrintedNumberMixin,
    KeysFirstMixin,
    ReadOnlyMixin,
    SecretsMixin,
):
    """Orders are read here and moved by buttons; what was ordered is never edited."""

    secrets: ClassVar[list[str]] = ["secret", "first_link", "bag_key", "placed_from"]
    letter = "R"
    change_form_template = "admin/store/order/change_form.html"
    # State and payment first: the last columns of a wide list are out of sight.
    list_display = [
        "reference",
        "standing_now",
        "paid_at",
        "left_to_pay",
        "name",
        "what",
        "left_of_total",
        "delivery",
        "placed_at",
    ]
    list_filter = [
        *(ToDoFilter, "state", "delivery", "payment_method", OrderCountryFilter, "placed_at"),
    ]
    search_fields = ["name", "email", "lines__title", "lines__piece__stock_number"]
    phone_fields: ClassVar[list[str]] = ["phone"]
    search_help_text = _("Number, name, e-mail address, phone, title or stock number")
    list_per_page = 50
    inlines = [OrderLineInline, OrderEventInline]
    fields = [
        "reference",
        "placed_at",
        ("standing_now", "parcel"),
        "ended",
        "confirming",
        ("sum", "payment", "paid_at", "payment_due_at"),
        "invoice_link",
        "credited",
        ("name", "email", "phone", "customer", "whose"),
        ("delivery", "address"),
        "note",
        "staff_note",
        "terms_then",
    ]
    readonly_fields = [
        "reference", "placed_at", "standing_now", "parcel", "sum", "payment", "paid_at",
        "payment_due_at", "invoice_link", "name", "email", "phone", "customer",
        "whose", "delivery", "address", "note", "ended", "credited", "staff_note",
        "terms_then", "confirming",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return with_bills(super().get_queryset(request).prefetch_related("lines"))

    @admin.display(description=_("order"), ordering="pk")
    def reference(self, order: Order) -> str:
        return order.reference

    @admin.display(description=_("state"), ordering="state")
    def standing_now(self, order: Order) -> str:
        """Its state, or what has come of it since."""
        return str(FOR_STAFF.get(order.stage) or order.get_state_display())

    @admin.display(description=_("balance"))
    def left_to_pay(self, order: Order) -> str:
        balance = bill_of(order).balance
        return "–" if balance is None else money(balance, order.currency)

    @admin.display(description=_("things"))
    def what(self, order: Order) -> str:
        return ", ".join(line.title for line in order.lines.all())

    @admin.display(description=_("total"))
    def sum(self, order: Order) -> str:
        return money(order.total, order.currency)

    @admin.display(description=_("total"))
    def left_of_total(self, order: Order) -> str:
        return money(left_of_total(order), order.currency)

    @admin.display(description=_("payment"))
    def payment(self, order: Order) -> str:
        return way_of_paying(order) or "–"

    @admin.display(description=_("cancelled"))
    def ended(self, order: Order) -> str:
        """Why, when and by whom; of what ends by itself, nobody is named."""
        event = order.events.filter(transition=Order.Transition.CANCEL).last()
        parts = [str(ENDINGS[order.cancelled_because]) if order.cancelled_because else ""]
        if event:
            parts += [date_format(localtime(event.at), "DATETIME_FORMAT")]
            parts += [event.actor.name if event.actor else ""]
        return " · ".join(filter(None, parts)) or "–"

    @admin.display(description=_("confirmation"))
    def confirming(self, order: Order) -> str:
        """Until when an order waits for the link in its mail, or when somebody followed that."""
        return how_confirmed(order)

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> Any:
        """Without what has nothing to say of this order."""
        return without(silent_fields(obj), self.fields) if obj else self.fields

    @admin.display(description=_("address"))
    def address(self, order: Order) -> str:
        return ", ".join(order.address_lines) or "–"

    @admin.display(description=_("invoice"))
    def invoice_link(self, order: Order) -> str:
        """The invoice with its balance; whoever may see it finds it behind the link."""
        if (invoice := getattr(order, "invoice", None)) is None:
            return "–"
        address = reverse("admin:invoices_invoice_change", args=[invoice.pk])
        balance = _("balance %s") % money(invoice.balance, invoice.currency)
        return format_html('<a href="{}">{}</a> {} {}', address, invoice, badge(invoice), balance)

    @admin.display(description=_("parcel"))
    def parcel(self, order: Order) -> str:
        """Its number, with the page of the carrier that shows its way."""
        words = f"{order.get_carrier_display()} {order.tracking}".strip() or "–"
        if not order.tracking_link:
            return words
        return format_html('<a href="{}" rel="noreferrer">{}</a>', order.tracking_link, words)

    @admin.display(description=_("terms of sale"))
    def terms_then(self, order: Order) -> str:
        if order.terms_id is None:
            return "–"
        address = reverse("admin:store_order_terms", args=[order.pk])
        return format_html('<a href="{}">{}</a>', address, _("as they were when it was placed"))

    @admin.display(description=_("taken back"))
    def credited(self, order: Order) -> str:
        """The credit notes, and what is left of the order."""
        links = format_html_join(
            ", ",
            '<a href="{}">{}</a> {}',
            (
                (
                    reverse("admin:invoices_invoice_change", args=[note.pk]),
                    note,
                    money(-note.total, note.currency),
                )
                for note in notes_of(order)
            ),
        )
        left = money(order.invoice.payable, order.currency)
        return format_html("{}. {}", links, _("Left of the order: %s") % left)

    def get_urls(self) -> list[URLPattern]:
        transition = self.admin_site.admin_view(require_POST(self.transition_view))
        pay = self.admin_site.admin_view(PayOrder.as_view())
        hand_out = self.admin_site.admin_view(HandOut.as_view())
        take_back = self.admin_site.admin_view(TakeBackPage.as_view())
        correct = self.admin_site.admin_view(CorrectPage.as_view())
        terms = self.admin_site.admin_view(TermsPage.as_view())
        slip = self.admin_site.admin_view(PackingSlip.as_view())
        label = self.admin_site.admin_view(AddressLabel.as_view())
        undo = self.admin_site.admin_view(UndoSlip.as_view())
        return [
            path("<int:pk>/move/", transition, name="store_order_transition"),
            path("<int:pk>/pay/", pay, name="store_order_pay"),
            path("<int:pk>/hand-out/", hand_out, name="store_order_hand_out"),
            path("<int:pk>/packing-slip/", slip, name="store_order_packing_slip"),
            path("<int:pk>/address-label/", label, name="store_order_address_label"),
            path("<int:pk>/correct/", correct, name="store_order_correct"),
            path("<int:pk>/terms/", terms, name="store_order_terms"),
            path("<int:pk>/undo/", undo, name="store_order_undo"),
            path("<int:pk>/take-back/", take_back, name="store_order_take_back"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        order = self.get_object(request, object_id)
        may_credit = request.user.has_perms(TakeBackPage.permissions)
        asked = {
            "carriers": Carrier.choices,
            "likely_carrier": likely_carrier(order) if order else "",
            "slip": order and slip_of(order),
            "has_open_withdrawal": order and order.withdrawals.open().proven().exists(),
            "asks_how": order is not None and is_payable(order),
            "may_take_back": order is not None and may_credit and bool(left_of(order)),
        }
        return super().change_view(request, object_id, form_url, {**asked, **(extra_context or {})})

    def transition_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the button that was pressed says, mail it, and say so."""
        order = get_object_or_404(Order, pk=pk)
        if not self.has_change_permission(request, order) or not isinstance(request.user, User):
            raise PermissionDenied
        form = OrderTransitionForm(with_new_names(request.POST))
        if not form.is_valid():
            messages.error(request, " ".join(map(str, chain(*form.errors.values()))))
            return redirect("admin:store_order_change", pk)
        transition = Order.Transition(form.cleaned_data["transition"])
        if transition == Order.Transition.PAY and is_payable(order):
            return redirect("admin:store_order_pay", pk)
        ships = transition == Order.Transition.SHIP
        try:
            transition_and_notify(
                order_id=pk,
                transition=transition,
                actor=request.user,
                site=site_of(request),
                tracking=form.cleaned_data["tracking"] if ships else "",
                carrier=form.cleaned_data["carrier"] if ships else "",
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            self.log_change(request, order, str(transition.label))
            undone = no_mail(order.email, order.phone)
            told = _("Done, and the customer has been told.")
            messages.success(request, f"{_('Done.')} {undone}" if undone else told)
        return redirect("admin:store_order_change", pk)
