"""What stands on an invoice, a credit note or a request for a deposit: written out, no figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from invoices.documents.issuing import snapshot_of
from invoices.documents.pdf.giro import giro_code
from invoices.models import Invoice, InvoiceLine
from money.filters import money
from repairs_restorals.models import Status
from store.models import Item, ShopProfile

Row = tuple[str, ...]
# What follows the figures: a heading, and paragraphs.
Chapter = tuple[str, list[str]]


@dataclass(frozen=True)
class Shop:
    """Who sells. `sender` is the line above the address in the window of the envelope."""

    name: str
    sender: str
    contact: list[str]
    foot: list[list[str]]
    # The file, "" for none: what was issued before there were logos on paper has none.
    logo: str = ""
    accent: str = ""


@dataclass(frozen=True)
class Content:
    """The texts of one document. The page of an invoice and its PDF show the same."""

    heading: str
    # What is to be seen at once, such as “Paid”; "" for nothing.
    mark: str
    shop: Shop
    to: list[str]
    facts: list[Row]
    opening: list[str]
    columns: Row
    lines: list[Row]
    sums: list[Row]
    tax_columns: Row
    taxes: list[Row]
    legal: list[str]
    payments_heading: str
    payment_columns: Row
    payments: list[Row]
    balance: list[Row]
    sentences: list[str]
    bank_heading: str
    bank: list[Row]
    # An SVG drawing, "" for none.
    code: str
    code_alt: str
    code_text: str
    notes: list[str]
    chapters: list[Chapter] = field(default_factory=list)
    # The official notice of the legal guarantee, as `store.pictures.letterhead` draws it.
    notice: dict[str, Any] | None = None
    notice_alt: str = ""


def content_of(invoice: Invoice) -> Content:
    """Write an invoice, a credit note, or what asks for a deposit before it is one.

    Seller, buyer and lines of what is issued are those of the day of issue. Payments and balance
    are as they are now: the same invoice in the same state reads the same.
    """
    snapshot = invoice.snapshot or snapshot_of(invoice, ShopProfile.get_solo())
    seller = snapshot["seller"]
    due = invoice.due_now
    reference = invoice.number or str(invoice.subject and invoice.subject.reference)
    bank = bank_of(seller)
    return Content(
        heading=heading_of(invoice),
        mark=mark_of(invoice),
        shop=shop_of(seller),
        to=[snapshot["buyer"]["name"], *snapshot["buyer"]["lines"]],
        facts=facts_of(invoice, snapshot),
        opening=opening_of(invoice),
        columns=(_("What"), _("Quantity"), _("Price of one"), _("Tax"), _("Total")),
        lines=[row_of(line) for line in invoice.lines.all()],
        sums=sums_of(invoice),
        tax_columns=(_("Tax"), _("Without tax"), _("Tax in it"), _("With tax")),
        taxes=taxes_of(invoice),
        legal=legal_of(invoice, snapshot),
        payments_heading=_("Payments"),
        payment_columns=(_("Date"), _("How"), _("Amount")),
        payments=[
            (
                date_format(payment.received_on, "SHORT_DATE_FORMAT"),
                str(payment.get_method_display()),
                money(payment.amount, payment.currency),
            )
            for payment in invoice.payments.all()
        ],
        balance=balance_of(invoice),
        sentences=sentences_of(invoice),
        bank_heading=_("By bank transfer") if due and seller["iban"] else "",
        bank=[*bank, (_("Reference"), reference)] if due and seller["iban"] else [],
        code=code_of(seller, due, invoice.currency, reference) if due else "",
        code_alt=_("QR code for a bank's app: %(amount)s to %(name)s, reference %(reference)s")
        % {
            "amount": money(due, invoice.currency),
            "name": seller["account_holder"] or seller["name"],
            "reference": reference,
        },
        code_text=_("For your bank's app"),
        notes=snapshot["notes"][1:] if invoice.has_margin else snapshot["notes"],
    )


def legal_of(invoice: Invoice, snapshot: Mapping[str, Any]) -> list[str]:
    """What the law wants beside the figures: of the margin scheme, of exports, whose VAT it is."""
    margin = snapshot["notes"][:1] if invoice.has_margin else []
    return [*margin, *snapshot.get("tax_notes", [])]


def heading_of(invoice: Invoice) -> str:
    if invoice.is_credit_note:
        return _("Credit note %s") % invoice.number
    if invoice.number:
        return _("Invoice %s") % invoice.number
    if is_receipt(invoice):
        return _("Receipt of a deposit") if invoice.balance > 0 else _("Receipt")
    return _("Request for payment") if invoice.order else _("Request for a deposit")


def is_receipt(invoice: Invoice) -> bool:
    """Whether it says that money has come, of which there is no invoice yet."""
    paid = invoice.paid > 0 and not invoice.due_now
    return invoice.is_draft and not invoice.is_void and paid


def last_day(invoice: Invoice) -> date | None:
    """Until when it is to be paid: what is only ordered is kept until then."""
    if invoice.order and invoice.is_draft and invoice.order.payment_due_at:
        return timezone.localdate(invoice.order.payment_due_at)
    return invoice.due_on


def mark_of(invoice: Invoice) -> str:
    """What is to be seen at once."""
    if invoice.is_credit_note:
        return _("Credit note for %s") % invoice.corrects
    if invoice.is_void:
        return pgettext("of an invoice", "Cancelled")
    if invoice.is_draft:
        return _("Deposit received") if invoice.paid and not invoice.deposit_due else ""
    match invoice.state:
        case Invoice.State.PAID | Invoice.State.OVERPAID:
            return pgettext("of an invoice", "Paid")
        case Invoice.State.CANCELLED:
            return pgettext("of an invoice", "Cancelled")
    # Of a deposit nobody asks any more: what counts is what is left.
    left = money(invoice.balance, invoice.currency)
    return _("%s to be paid") % left if invoice.paid > 0 else ""


def shop_of(seller: Mapping[str, Any]) -> Shop:
    contact = [text for text in [seller["phone"], seller["email"]] if text]
    bank = [f"{name} {value}" for name, value in bank_of(seller)[1:]]
    tax = [f"{_('Tax number')} {seller['tax_number']}"] if seller["tax_number"] else []
    columns = [[seller["name"], *seller["lines"]], contact, bank, tax]
    return Shop(
        name=seller["name"],
        sender=" · ".join([seller["name"], *seller["lines"]]),
        contact=[*seller["lines"], *contact],
        foot=[column for column in columns if column],
        logo=seller.get("logo", ""),
        accent=seller.get("accent", ""),
    )


def bank_of(seller: Mapping[str, Any]) -> list[Row]:
    rows = [
        (_("To"), seller["account_holder"] or seller["name"]),
        ("IBAN", seller["iban"]),
        ("BIC", seller["bic"]),
    ]
    return [row for row in rows if row[1]]


def code_of(seller: Mapping[str, Any], due: Decimal, currency: str, reference: str) -> str:
    named = ["name", "account_holder", "iban", "bic"]
    shop = ShopProfile(**{name: seller[name] for name in named})
    return giro_code(shop, amount=due, currency=currency, reference=reference)


def facts_of(invoice: Invoice, snapshot: Mapping[str, Any]) -> list[Row]:
    facts: list[Row] = []
    if invoice.number and invoice.issued_on:
        facts += [
            (_("Number"), invoice.number),
            (_("Date"), date_format(invoice.issued_on, "DATE_FORMAT")),
        ]
    payments = list(invoice.payments.all()) if is_receipt(invoice) else []
    if payments:
        last = max(payment.received_on for payment in payments)
        facts.append((_("Date"), date_format(last, "DATE_FORMAT")))
    facts.append((_("For"), snapshot["subject"]))
    if invoice.order:
        placed = timezone.localdate(invoice.order.placed_at)
        facts.append((_("Ordered"), date_format(placed, "DATE_FORMAT")))
    # What was issued before invoices said so stays as it was.
    if "supplied_on" in snapshot:
        facts.append((_("Date of supply"), supply_words(snapshot["supplied_on"])))
    if invoice.due_now and (day := last_day(invoice)):
        facts.append((_("To be paid by"), date_format(day, "DATE_FORMAT")))
    return facts


def supply_words(day: str) -> str:
    if not day:
        return _("to come, after this invoice")
    return date_format(date.fromisoformat(day), "DATE_FORMAT")


def opening_of(invoice: Invoice) -> list[str]:
    if invoice.is_credit_note:
        return [_("We take back what stood on that invoice:"), *filter(None, [invoice.reason])]
    if invoice.is_void:
        return [_("It is cancelled: nothing is to be paid for it.")]
    if invoice.is_draft and invoice.order:
        return [_("It is no invoice: that comes when everything is paid.")]
    if invoice.is_draft:
        return [
            _("This is what we have agreed on. It is no invoice: that comes when the work is done.")
        ]
    return []


def row_of(line: InvoiceLine) -> Row:
    currency = line.invoice.currency
    shown = line.scheme != Item.TaxScheme.MARGIN
    return (
        line.description,
        line.so_many,
        "" if line.takes_off else money(line.price, currency),
        percent(line.tax_rate) if shown else "–",
        money(line.total, currency),
    )


def percent(rate: Decimal) -> str:
    return f"{number_format(rate.normalize())} %"


def sums_of(invoice: Invoice) -> list[Row]:
    sums: list[Row] = [(_("Total"), money(invoice.total, invoice.currency))]
    if invoice.credited:
        sums.append((_("Taken back by credit notes"), money(-invoice.credited, invoice.currency)))
    if invoice.is_draft and invoice.deposit:
        sums.append((_("Deposit"), money(invoice.deposit, invoice.currency)))
    return sums


def taxes_of(invoice: Invoice) -> list[Row]:
    rows: list[Row] = []
    for rate, tax in invoice.taxes.items():
        gross = sum((amount for of, amount in invoice.taxed if of == rate), Decimal(0))
        amounts = (money(amount, invoice.currency) for amount in (gross - tax, tax, gross))
        rows.append((percent(rate), *amounts))
    return rows


def balance_of(invoice: Invoice) -> list[Row]:
    """What is to be paid now, and what is left to pay in all."""
    if invoice.is_credit_note:
        return []
    if invoice.overpaid:
        return [(_("Paid too much"), money(invoice.overpaid, invoice.currency))]
    rows: list[Row] = [(_("Left to pay"), money(invoice.balance, invoice.currency))]
    if invoice.is_draft and invoice.due_now:
        rows.append((_("To be paid now"), money(invoice.due_now, invoice.currency)))
    return rows


def sentences_of(invoice: Invoice) -> list[str]:
    if invoice.overpaid:
        return [_("We have received more than was due, and get in touch about it.")]
    if invoice.disputed and invoice.balance > 0:
        taken = _("A bank has taken back %s that was paid by card. Please get in touch with us.")
        return [taken % money(invoice.disputed, invoice.currency)]
    if not invoice.due_now:
        return []
    amount = money(invoice.due_now, invoice.currency)
    day = last_day(invoice)
    if not day or (invoice.is_draft and invoice.ticket):
        if invoice.ticket and invoice.ticket.status == Status.APPROVED:
            return [_("Please pay %s. We begin when it has arrived.") % amount]
        return [_("Please pay %s.") % amount]
    words = {"amount": amount, "date": date_format(day, "DATE_FORMAT")}
    return [_("Please pay %(amount)s by %(date)s.") % words]
