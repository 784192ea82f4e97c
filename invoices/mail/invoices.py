"""Mails about invoices, deposits, payments and refunds."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from invoices.mail.events import MONEY, SHOP, About, attachment_of
from invoices.models import Invoice
from mail.letters import Picture
from mail.outbox import enqueue_mail, register
from mail.wordings import Placeholder
from store.letters import pictures_of_order
from store.models import Order, ShopProfile

INVOICE = {
    "name": Placeholder(_("the customer’s name"), "{{ payer.name }}"),
    "invoice": Placeholder(_("the invoice’s number, or what it is for"), "{{ invoice }}"),
    "subject": Placeholder(_("the order or ticket"), "{{ invoice.subject }}"),
    "total": Placeholder(
        _("the invoice’s total"), MONEY + "{{ invoice.total|money:invoice.currency }}"
    ),
    "balance": Placeholder(
        _("what is left to pay"), MONEY + "{{ invoice.balance|money:invoice.currency }}"
    ),
    "due": Placeholder(
        _("how much is to be paid until when, or that nothing is"),
        '{% include "invoices/mail/_due.txt" %}',
    ),
    "act": Placeholder(
        _("what is done there next, as the button says it"),
        '{% include "invoices/mail/_act_invoice.txt" %}',
    ),
    "link": Placeholder(
        _("where the invoice is shown and paid"), "{{ site }}{{ invoice.get_absolute_url }}"
    ),
}
AMOUNT = Placeholder(_("the amount"), MONEY + "{{ amount|money:invoice.currency }}")
MONEY_FOR_THE_SHOP = {
    "invoice": INVOICE["invoice"],
    "subject": INVOICE["subject"],
    "amount": AMOUNT,
    "customer": Placeholder(
        _("the customer’s name and e-mail address"),
        "{{ payer.name }}{% if payer.email %}, {{ payer.email }}{% endif %}",
    ),
    "link": Placeholder(
        _("where staff see the invoice"),
        '{{ site }}{% url "admin:invoices_invoice_change" invoice.pk %}',
    ),
}


def pictures_of_invoice(context: Mapping[str, Any]) -> list[Picture]:
    """Of the things of its order; there are none of work."""
    invoice: Invoice = context["invoice"]
    order = invoice.subject
    return pictures_of_order({**context, "order": order}) if isinstance(order, Order) else []


invoice_event = About(
    "{{ invoice }}", INVOICE, MONEY_FOR_THE_SHOP, pictures_of_invoice, "invoices.view_invoice"
).event


register(
    invoice_event("deposit", when=_("Staff ask once more for the deposit of a quote")),
    invoice_event(
        "invoice",
        when=_("An invoice was issued"),
        due=Placeholder(
            _("what was paid already, if anything, and how much is to be paid until when"),
            '{% include "invoices/mail/_due_still.txt" %}',
        ),
    ),
    invoice_event(
        "credit",
        when=_("A credit note was issued"),
        things=Placeholder(
            _("what is taken back, with its amount"),
            '{% include "invoices/mail/_credited.txt" %}',
        ),
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


def notify_about_invoice(invoice: Invoice, event: str, **context: Any) -> None:
    """Notify who pays an invoice and has an address, in the transaction in which it happens."""
    if address := invoice.payer.email:
        shop = ShopProfile.get_solo().email
        spoken = invoice.language
        enqueue_about(invoice, event, to=address, language=spoken, reply_to=shop, **context)


def notify_shop(invoice: Invoice, event: str, **context: Any) -> None:
    """Notify the shop about money that staff have to know of."""
    if address := ShopProfile.get_solo().email:
        customer = invoice.payer.email or address
        event = f"{event}_shop"
        enqueue_about(invoice, event, to=address, language="", reply_to=customer, **context)


def enqueue_about(
    invoice: Invoice, event: str, *, to: str, language: str, reply_to: str, **context: Any
) -> None:
    # Read anew: a relation that was fetched before, such as the payments, may be out of date.
    invoice = Invoice.objects.get(pk=invoice.pk)
    enqueue_mail(
        f"invoices.{event}",
        to=to,
        context={"invoice": invoice, "payer": invoice.payer, **context},
        language=language,
        reply_to=reply_to,
        site=invoice.site,
        attachment=attachment_of(invoice) if event in WITH_PDF else "",
    )
