"""Mails about orders."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from invoices.mail.confirm_links import confirm_path
from invoices.mail.enclosures import words_about
from invoices.mail.events import MONEY, SHOP, About, attachment_of
from invoices.mail.order_keys import otherwise_path
from invoices.models import NOTHING, Invoice
from mail.models import Mail
from mail.outbox import enqueue_mail, register
from mail.wordings import Placeholder
from store.letters import pictures_of_order
from store.models import Order, ShopProfile

LINES = Placeholder(
    _("what was ordered, and the total"), '{% include "invoices/mail/_lines.txt" %}'
)
ORDER = {
    "order": Placeholder(_("the order’s number"), "{{ order }}"),
    "name": Placeholder(_("the customer’s name"), "{{ order.name }}"),
    "total": Placeholder(_("the order’s total"), MONEY + "{{ order.total|money:order.currency }}"),
    "lines": LINES,
    "link": Placeholder(_("where the order is shown"), "{{ site }}{{ order.get_absolute_url }}"),
    "act": Placeholder(
        _("what is done there next, as the button says it"),
        '{% include "invoices/mail/_act.txt" %}',
    ),
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
        "{% load i18n panels %}{{ order.get_delivery_display }}"
        "{% way_of_paying order as payment %}{% if payment %} · {{ payment }}{% endif %}"
        '{% if order.paid_at %} · {% translate "paid" %}{% endif %}',
    ),
    "note": Placeholder(_("what the customer has noted, if anything"), "{{ order.note }}"),
    "link": Placeholder(
        _("where staff see the order"), '{{ site }}{% url "admin:store_order_change" order.pk %}'
    ),
}


# For as long as the right to withdraw may be used: Article 11a(1) of Directive 2011/83/EU.
WITHDRAW = Placeholder(
    _("where to withdraw from the contract"),
    '{% load panels %}{% panel "withdraw_mail" order %}',
)
# On a durable medium: Article 8(7) of Directive 2011/83/EU.
RIGHT = Placeholder(
    _("the information on the right to withdraw, and its form"),
    '{% include "invoices/mail/_right.txt" %}',
)
PAYMENT = Placeholder(_("how to pay, and until when"), '{% include "invoices/mail/_payment.txt" %}')

DUE = Placeholder(_("what is left to pay"), MONEY + "{{ due|money:order.currency }}")

order_event = About("{{ order }}", ORDER, FOR_THE_SHOP, pictures_of_order, "store.view_order").event


register(
    order_event(
        "placed",
        when=_("An order was placed"),
        withdraw=WITHDRAW,
        right=RIGHT,
        needed=["withdraw", "right"],
        payment=PAYMENT,
        delivery=Placeholder(
            _("where it is sent to, or collected"), '{% include "invoices/mail/_delivery.txt" %}'
        ),
    ),
    order_event(
        "unconfirmed",
        when=_("An order waits to be confirmed by the link in this mail"),
        time=Placeholder(
            _("until when it is to be confirmed"), '{% include "invoices/mail/_confirm_by.txt" %}'
        ),
        link=Placeholder(_("where the order is confirmed"), "{{ site }}{{ confirm_path }}"),
        needed=["link"],
        yields=True,
    ),
    order_event("placed_shop", when=_("An order was placed"), to=SHOP),
    order_event(
        "pay",
        when=_("An order’s payment has arrived"),
        withdraw=WITHDRAW,
        right=RIGHT,
        needed=["withdraw", "right"],
        paid=Placeholder(_("what was paid in all"), MONEY + "{{ paid|money:order.currency }}"),
        next=Placeholder(
            _("what happens next, if anything"), '{% include "invoices/mail/_next.txt" %}'
        ),
    ),
    order_event(
        "ready",
        when=_("Staff marked an order as ready for collection"),
        withdraw=WITHDRAW,
        needed=["withdraw"],
        payment=Placeholder(
            _("what is to be paid there, if anything"), '{% include "invoices/mail/_unpaid.txt" %}'
        ),
    ),
    order_event(
        "ship",
        when=_("Staff marked an order as shipped"),
        withdraw=WITHDRAW,
        needed=["withdraw"],
        address=Placeholder(
            _("where it was sent to"), '{% include "invoices/mail/_address.txt" %}'
        ),
        tracking=Placeholder(
            _("the tracking number in a sentence, if there is one"),
            '{% include "invoices/mail/_tracking.txt" %}',
        ),
    ),
    order_event(
        "collect",
        when=_("Staff marked an order as collected"),
        withdraw=WITHDRAW,
        received=Placeholder(
            _("what was paid when it was collected, if anything"),
            '{% include "invoices/mail/_received.txt" %}',
        ),
        needed=["withdraw", "received"],
    ),
    order_event("sold", when=_("Something was sold at the counter")),
    order_event(
        "cancel",
        when=_("An order was cancelled"),
        reason=Placeholder(_("why it was cancelled"), "{{ order.get_cancelled_because_display }}"),
        things=Placeholder(
            _("the things, each with its address"), '{% include "invoices/mail/_things.txt" %}'
        ),
        bill=Placeholder(_("which credit note comes with it, if any"), "{{ bill }}"),
        needed=["bill"],
    ),
    order_event(
        "dropped",
        when=_("Things were taken off an order before it was billed"),
        reason=Placeholder(_("why"), "{{ reason }}"),
        payment=PAYMENT,
        withdraw=WITHDRAW,
    ),
    order_event(
        "slip",
        when=_("Staff have undone what was said of an order by mistake"),
        stage=Placeholder(_("how far the order is"), "{{ order.stage.label }}"),
    ),
    order_event(
        "reopened",
        when=_("Staff have taken a cancelled order up again"),
        payment=PAYMENT,
        withdraw=WITHDRAW,
    ),
    order_event(
        "cancel_link",
        when=_("Somebody who may only look at an order asks to cancel it"),
        sensitive=True,
        link=Placeholder(_("where the order is cancelled"), "{{ site }}{{ cancel_link }}"),
        needed=["link"],
    ),
    order_event("cancel_shop", when=_("An order was cancelled"), to=SHOP),
    order_event(
        "unpaid",
        when=_("The page of a card payment was left unpaid for ten minutes"),
        due=DUE,
        time=Placeholder(
            _("until when it is kept"),
            "{% load clock_time %}{{ order.payment_due_at|clock_time }}",
        ),
        otherwise=Placeholder(
            _("where it is paid otherwise, if it can be"),
            '{% include "invoices/mail/_otherwise.txt" %}',
        ),
        needed=["otherwise"],
    ),
    order_event(
        "discount",
        when=_("Staff have changed what an unpaid order costs, such as by a discount"),
        payment=PAYMENT,
        withdraw=WITHDRAW,
    ),
    order_event(
        "remind",
        when=_("An unpaid order will end in some days"),
        due=DUE,
        date=Placeholder(
            _("the day on which it ends"), '{{ order.payment_due_at|date:"DATE_FORMAT" }}'
        ),
        payment=PAYMENT,
        withdraw=WITHDRAW,
    ),
)


def money_of(order: Order) -> dict[str, Any]:
    """What is paid of an order and what is left, as its invoice says."""
    invoice = Invoice.objects.filter(order=order).first()
    if invoice is None:
        return {"paid": order.total if order.paid_at else NOTHING, "due": order.total}
    return {"paid": invoice.paid, "due": invoice.balance}


def mail_cancel_link(order: Order, address: str, site: str) -> None:
    """Mail to whoever has ordered where they cancel: only its mailbox leads there."""
    enqueue_mail(
        "invoices.cancel_link",
        to=order.email,
        context={"order": order, "cancel_link": address},
        language=order.language,
        reply_to=ShopProfile.get_solo().email,
        site=site,
    )


def confirms(order: Order) -> set[str]:
    """The mails in which a customer gets the contract as PDF: Article 8(7) of 2011/83/EU.

    Who pays by card is told of nothing before the card has paid.
    """
    by_card = order.payment_method == Order.PaymentMethod.CARD
    return {"invoices.placed", *(["invoices.pay"] if by_card else [])}


NOTIFIES_SHOP = {"placed", str(Order.Transition.CANCEL)}


def notify_about_order(
    order_id: int,
    event: str,
    site: str,
    *,
    enclosed: Invoice | None = None,
    reason: str = "",
    received: Decimal = NOTHING,
    to_shop: bool = True,
) -> Mail | None:
    """Notify the customer, and about a new or cancelled order the shop too; return the first mail.

    `event` is "placed", "unconfirmed", "dropped" or an `Order.Transition`; an issued invoice is
    `enclosed`, and `received` what was paid as it was handed out. In the transaction in which it
    happens.
    """
    # Read anew: what was written as an expression, such as a date, is a value now.
    order = Order.objects.prefetch_related("lines__piece__item").get(pk=order_id)
    shop = ShopProfile.get_solo()
    bill = words_about(enclosed) if enclosed and enclosed.is_credit_note else ""
    context = {"order": order, "shop": shop, "bill": bill, "reason": reason, **money_of(order)}
    context |= {"received": received, "is_enclosed": enclosed is not None}
    if event == "unconfirmed":
        minutes = settings.CONFIRM_MINUTES
        context |= {"confirm_path": confirm_path(order), "confirm_minutes": minutes}
    if event == "unpaid" and order.other_methods(shop):
        context["otherwise_path"] = otherwise_path(order)
    # Who bought at the counter may have named no address.
    recipients = {f"invoices.{event}": order.email} if order.email else {}
    if to_shop and event in NOTIFIES_SHOP and shop.email:
        recipients[f"invoices.{event}_shop"] = shop.email
    mails = [
        enqueue_mail(
            name,
            to=to,
            context=context,
            language="" if name.endswith("_shop") else order.language,
            reply_to=order.email if name.endswith("_shop") else shop.email,
            site=site,
            attachment=attachment_of(enclosed) if enclosed and to == order.email else "",
            enclosures=[f"order:{order.pk}"] if name in confirms(order) else [],
        )
        for name, to in recipients.items()
    ]
    return mails[0] if mails else None
