"""Mails about orders and invoices."""

from typing import Any, NamedTuple, cast

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from invoices.models import Invoice
from mail.outbox import MailEvent, enqueue_mail, register
from mail.wordings import Placeholder, Text
from repairs_restorals.models import ServiceTicket
from store.models import Order, ShopProfile

CUSTOMER, SHOP = _("the customer"), _("the shop’s address")
MONEY = "{% load money %}"
LINES = Placeholder(
    _("what was ordered, and the total"), '{% include "invoices/mail/_lines.txt" %}'
)
ORDER = {
    "order": Placeholder(_("the order’s number"), "{{ order }}"),
    "name": Placeholder(_("the customer’s name"), "{{ order.name }}"),
    "total": Placeholder(_("the order’s total"), MONEY + "{{ order.total|money }}"),
    "lines": LINES,
    "link": Placeholder(_("where the order is shown"), "{{ site }}{{ order.get_absolute_url }}"),
    "place": Placeholder(
        _("address and opening hours of the shop"), '{% include "invoices/mail/_place.txt" %}'
    ),
}
FOR_THE_SHOP = {
    "order": ORDER["order"],
    "total": ORDER["total"],
    "lines": LINES,
    "customer": Placeholder(
        _("the customer’s name, e-mail address and phone"),
        "{{ order.name }}, {{ order.email }}{% if order.phone %}, {{ order.phone }}{% endif %}",
    ),
    "how": Placeholder(
        _("how it is delivered and paid"),
        "{% load i18n %}{{ order.get_delivery_display }} · {{ order.get_payment_method_display }}"
        '{% if order.paid_at %} · {% translate "paid" %}{% endif %}',
    ),
    "note": Placeholder(_("what the customer has noted, if anything"), "{{ order.note }}"),
    "link": Placeholder(
        _("where staff see the order"), '{{ site }}{% url "admin:store_order_change" order.pk %}'
    ),
}


PAYMENT = Placeholder(_("how to pay, and until when"), '{% include "invoices/mail/_payment.txt" %}')


class About(NamedTuple):
    """What events are about: how it is named, and what mails to either side may say of it."""

    name: str
    customer: dict[str, Placeholder]
    shop: dict[str, Placeholder]

    def event(
        self, name: str, *, when: Text, to: Text = CUSTOMER, **placeholders: Placeholder
    ) -> MailEvent:
        """`placeholders` come on top of those of every event."""
        known = self.shop if to is SHOP else self.customer
        return MailEvent(
            f"invoices.{name}",
            when=when,
            to=to,
            placeholders={**known, **placeholders},
            about=self.name,
        )


order_event = About("{{ order }}", ORDER, FOR_THE_SHOP).event


register(
    order_event(
        "placed",
        when=_("An order was placed"),
        payment=PAYMENT,
        delivery=Placeholder(
            _("where it is sent to, or collected"), '{% include "invoices/mail/_delivery.txt" %}'
        ),
    ),
    order_event("placed_shop", when=_("An order was placed"), to=SHOP),
    order_event(
        "pay",
        when=_("An order’s payment has arrived"),
        next=Placeholder(
            _("what happens next, if anything"), '{% include "invoices/mail/_next.txt" %}'
        ),
    ),
    order_event(
        "ready",
        when=_("Staff marked an order as ready for collection"),
        payment=Placeholder(
            _("what is to be paid there, if anything"), '{% include "invoices/mail/_unpaid.txt" %}'
        ),
    ),
    order_event(
        "ship",
        when=_("Staff marked an order as shipped"),
        address=Placeholder(
            _("where it was sent to"), '{% include "invoices/mail/_address.txt" %}'
        ),
        tracking=Placeholder(
            _("the tracking number in a sentence, if there is one"),
            '{% include "invoices/mail/_tracking.txt" %}',
        ),
    ),
    order_event("collect", when=_("Staff marked an order as collected")),
    order_event("cancel", when=_("An order was cancelled")),
    order_event("cancel_shop", when=_("An order was cancelled"), to=SHOP),
    order_event(
        "remind",
        when=_("An unpaid order will end in some days"),
        date=Placeholder(_("the day on which it ends"), '{{ order.pay_by|date:"DATE_FORMAT" }}'),
        payment=PAYMENT,
    ),
)

INVOICE = {
    "name": Placeholder(_("the customer’s name"), "{{ payer.name }}"),
    "invoice": Placeholder(_("the invoice’s number, or what it is for"), "{{ invoice }}"),
    "subject": Placeholder(_("the order or ticket"), "{{ invoice.subject }}"),
    "total": Placeholder(_("the invoice’s total"), MONEY + "{{ invoice.total|money }}"),
    "balance": Placeholder(_("what is left to pay"), MONEY + "{{ invoice.balance|money }}"),
    "due": Placeholder(
        _("how much is to be paid until when, or that nothing is"),
        '{% include "invoices/mail/_due.txt" %}',
    ),
    "link": Placeholder(
        _("where the invoice is shown and paid"), "{{ site }}{{ invoice.get_absolute_url }}"
    ),
}
AMOUNT = Placeholder(_("the amount"), MONEY + "{{ amount|money }}")
MONEY_FOR_THE_SHOP = {
    "invoice": INVOICE["invoice"],
    "subject": INVOICE["subject"],
    "amount": AMOUNT,
    "customer": Placeholder(
        _("the customer’s name and e-mail address"), "{{ payer.name }}, {{ payer.email }}"
    ),
    "link": Placeholder(
        _("where staff see the invoice"),
        '{{ site }}{% url "admin:invoices_invoice_change" invoice.pk %}',
    ),
}


invoice_event = About("{{ invoice }}", INVOICE, MONEY_FOR_THE_SHOP).event


register(
    invoice_event("deposit", when=_("A quote with a deposit was accepted")),
    invoice_event("invoice", when=_("An invoice was issued")),
    invoice_event(
        "credit",
        when=_("A credit note was issued"),
        corrected=Placeholder(_("the invoice that it corrects"), "{{ invoice.corrects }}"),
        reason=Placeholder(_("why"), "{{ invoice.reason }}"),
    ),
    invoice_event("reminder", when=_("Staff remind of an invoice that is not paid")),
    invoice_event("payment", when=_("A payment for an invoice has arrived"), amount=AMOUNT),
    invoice_event("refund", when=_("Money was sent back"), amount=AMOUNT),
    invoice_event(
        "refund_shop",
        when=_("A card payment goes back by itself: what it was for is gone"),
        to=SHOP,
    ),
    invoice_event("refund_failed_shop", when=_("Stripe refuses a refund"), to=SHOP),
    invoice_event("dispute_shop", when=_("A card payment is disputed at Stripe"), to=SHOP),
)
WITH_PDF = {"deposit", "invoice", "credit", "reminder"}
TOLD_TO_THE_SHOP = {"placed", str(Order.Move.CANCEL)}


def tell_about_order(order_id: int, event: str, site: str, *, attachment: str = "") -> None:
    """Tell the customer, and about a new or cancelled order the shop too.

    `event` is "placed" or an `Order.Move`. In the transaction in which it happens.
    """
    # Read anew: what was written as an expression, such as a date, is a value now.
    order = Order.objects.prefetch_related("lines__piece").get(pk=order_id)
    shop = ShopProfile.get_solo()
    context = {"order": order, "shop": shop}
    told = {f"invoices.{event}": order.email}
    if event in TOLD_TO_THE_SHOP and shop.email:
        told[f"invoices.{event}_shop"] = shop.email
    for name, to in told.items():
        enqueue_mail(
            name,
            to=to,
            context=context,
            reply_to=shop.email,
            site=site,
            attachment=attachment if to == order.email else "",
        )


def tell_about_invoice(invoice: Invoice, event: str, **context: Any) -> None:
    """Tell who pays an invoice, in the transaction in which it happens."""
    tell(invoice, event, str(payer_of(invoice).email), **context)


def tell_shop(invoice: Invoice, event: str, **context: Any) -> None:
    """Tell the shop about money that staff have to know of."""
    if address := ShopProfile.get_solo().email:
        tell(invoice, f"{event}_shop", address, **context)


def tell(invoice: Invoice, event: str, to: str, **context: Any) -> None:
    # Read anew: a relation that was fetched before, such as the payments, may be out of date.
    invoice = Invoice.objects.get(pk=invoice.pk)
    enqueue_mail(
        f"invoices.{event}",
        to=to,
        context={"invoice": invoice, "payer": payer_of(invoice), **context},
        reply_to=ShopProfile.get_solo().email,
        site=invoice.site,
        attachment=attachment_of(invoice) if event in WITH_PDF else "",
    )


def payer_of(invoice: Invoice) -> Order | User:
    """Who an invoice is for; both have a name and an e-mail address."""
    subject = invoice.subject
    return subject if isinstance(subject, Order) else cast(ServiceTicket, subject).customer


def attachment_of(invoice: Invoice) -> str:
    """The invoice's PDF, which is made when the mail is sent."""
    return f"invoice:{invoice.pk}"
