"""The confirmation of an order as PDF: the contract on a durable medium.

Article 8(7) of Directive 2011/83/EU: seller, things, prices, tax, shipping, dates, the terms as
they were agreed, and the information on the right to withdraw with its form. It is made of what
the order keeps, so that it says the same whenever it is made; who sells is as today.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from invoices.documents.drafts import invoice_of_order
from invoices.documents.issuing import snapshot_of
from invoices.documents.pdf import printed
from invoices.documents.pdf.content import (
    Chapter,
    Content,
    Row,
    bank_of,
    legal_of,
    row_of,
    shop_of,
    taxes_of,
)
from invoices.models import Invoice
from invoices.withdrawals.information import information, model_form
from money.filters import money
from store.models import Order, ShopProfile
from store.pictures.letterhead import notice_on_paper
from typed.languages import speaking


def attached(pk: str) -> tuple[str, bytes, str]:
    """The enclosure "order:<pk>" of a mail; see `mail.outbox.PRODUCERS`."""
    order = Order.objects.select_related("terms").get(pk=pk)
    invoice = Invoice.objects.with_parts().get(pk=invoice_of_order(order.pk).pk)
    with speaking(order.language):
        content = confirmation_of(order, invoice)
        pdf = printed([content], title=content.heading, timestamp=order.placed_at)
    return f"{slugify(order.reference)}.pdf", pdf, "application/pdf"


def enclosure_of(order: Order) -> str:
    return f"order:{order.pk}"


def confirmation_of(order: Order, invoice: Invoice) -> Content:
    shop = ShopProfile.get_solo()
    snapshot = snapshot_of(invoice, shop)
    bank = bank_of(snapshot["seller"]) if is_transferred(order, shop) else []
    return Content(
        heading=_("Confirmation of order %s") % order.reference,
        mark="",
        shop=shop_of(snapshot["seller"]),
        to=[order.name, *order.address_lines],
        facts=facts_of(order),
        opening=[_("This is what you have ordered from us, and what we have agreed on.")],
        columns=(_("What"), _("Quantity"), _("Price of one"), _("Tax"), _("Total")),
        lines=[row_of(line) for line in invoice.lines.all()],
        sums=[(_("Total"), money(invoice.total, invoice.currency))],
        tax_columns=(_("Tax"), _("Without tax"), _("Tax in it"), _("With tax")),
        taxes=taxes_of(invoice),
        legal=legal_of(invoice, snapshot),
        payments_heading="",
        payment_columns=(),
        payments=[],
        balance=[],
        sentences=[],
        bank_heading=_("By bank transfer") if bank else "",
        bank=[*bank, (_("Reference"), order.reference)] if bank else [],
        code="",
        code_alt="",
        code_text="",
        notes=[],
        chapters=chapters_of(order, invoice, shop),
        notice=None if order.for_business else notice_on_paper(shop.notice),
        notice_alt=shop.guarantee_words,
    )


def is_transferred(order: Order, shop: ShopProfile) -> bool:
    return order.payment_method == Order.PaymentMethod.TRANSFER and shop.takes_transfers


def facts_of(order: Order) -> list[Row]:
    facts: list[Row] = [
        (_("Order"), order.reference),
        (_("Ordered"), day_of(order.placed_at)),
        (_("Delivery"), str(order.get_delivery_display())),
        (_("Payment"), str(order.get_payment_method_display())),
    ]
    if not order.paid_at:
        facts.append((_("To be paid by"), day_of(order.payment_due_at)))
    return facts


def day_of(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def chapters_of(order: Order, invoice: Invoice, shop: ShopProfile) -> list[Chapter]:
    found = [(_("Things and delivery"), [*natures_of(order), delivery_of(order, shop)])]
    if not order.for_business:
        found.append((_("Legal guarantee"), [shop.guarantee_words]))
    if order.terms:
        since = _("Terms of sale, as agreed (in force since %s)") % day_of(order.terms.since)
        found.append((since, paragraphs(order.terms.text)))
    if not order.for_business:
        texts = [information(shop, invoice.site), *exceptions_of(order), model_form(shop)]
        right = [each for text in texts for each in paragraphs(text)]
        found.append((_("Right to withdraw"), right))
    return found


def natures_of(order: Order) -> list[str]:
    lines = (line for line in order.lines_that_count if line.nature)
    return [f"{line.title}: {line.get_nature_display()}" for line in lines]


def delivery_of(order: Order, shop: ShopProfile) -> str:
    if order.delivery == Order.Delivery.SHIP:
        return _("With you within %d days of your payment.") % shop.days_to_arrive
    return _("Ready to collect within %d days.") % shop.days_to_send


def exceptions_of(order: Order) -> list[str]:
    lines = (line for line in order.lines_that_count if line.withdrawal_exception)
    return [f"{line.title}: {line.get_withdrawal_exception_display()}" for line in lines]


def paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
