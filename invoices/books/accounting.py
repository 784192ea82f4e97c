"""What the accountant gets: invoices by tax rate, and payments, of some days."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.day_close.figures import takings_of_close
from invoices.models import NOTHING, DayClose, Invoice, InvoiceLine, Payment
from store.models import Item
from store.taxes.lines import EXPORT

ROWS_PER_FETCH = 250
INVOICE_COLUMNS = [
    gettext_lazy("number"),
    gettext_lazy("issued"),
    gettext_lazy("customer"),
    gettext_lazy("for"),
    gettext_lazy("kind"),
    gettext_lazy("net"),
    gettext_lazy("tax, in percent"),
    gettext_lazy("tax"),
    gettext_lazy("gross"),
    gettext_lazy("of it by the margin scheme"),
    gettext_lazy("paid"),
    gettext_lazy("balance"),
    gettext_lazy("currency"),
    gettext_lazy("country of the tax"),
]
PAYMENT_COLUMNS = [
    gettext_lazy("date"),
    gettext_lazy("invoice"),
    gettext_lazy("how"),
    gettext_lazy("amount"),
    gettext_lazy("reference"),
    gettext_lazy("currency"),
]
WAYS = [*Payment.Method]
CLOSE_COLUMNS = [
    gettext_lazy("number"),
    gettext_lazy("day"),
    gettext_lazy("closed"),
    *(way.label for way in WAYS),
    gettext_lazy("in the drawer to begin with"),
    gettext_lazy("put in"),
    gettext_lazy("taken out"),
    gettext_lazy("should be in the drawer"),
    gettext_lazy("counted"),
    gettext_lazy("difference"),
    gettext_lazy("signed by"),
    gettext_lazy("note"),
    gettext_lazy("currency"),
]


def midnight(day: date) -> datetime:
    """When a day begins in the shop's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def invoice_rows(start: date, end: date) -> Iterator[list[Any]]:
    """A row for each tax rate of each invoice issued on these days, credit notes included.

    What was paid and is left stands in an invoice's first row only, so that columns can be summed.
    """
    issued = Invoice.objects.issued().to_read().order_by("issued_at", "pk")
    found = issued.filter(
        issued_at__gte=midnight(start), issued_at__lt=midnight(end + timedelta(days=1))
    )
    for invoice in found.iterator(chunk_size=ROWS_PER_FETCH):
        kind = _("credit note") if invoice.is_credit_note else _("invoice")
        subject = str(invoice.subject)
        shared = [invoice.number, invoice.issued_on, invoice.payer.name, subject, kind]
        paid: list[Any] = [invoice.paid, invoice.balance]
        for country, amounts in amounts_by_rate(invoice):
            yield [*shared, *amounts, *paid, invoice.currency, country]
            paid = [None, None]


def amounts_by_rate(invoice: Invoice) -> Iterator[tuple[str, list[Decimal | None]]]:
    """Net, rate, tax, gross, and gross of the margin scheme, whose tax no invoice shows; each with
    the country whose tax it is, "" for the shop's own, or "export".
    """
    taxes = invoice.taxes
    lines = sorted(invoice.parts("lines"), key=group_of)
    for (is_margin, rate, country), group in groupby(lines, key=group_of):
        gross = sum((line.total for line in group), NOTHING)
        if is_margin:
            yield country, [None, None, None, gross, gross]
            continue
        tax = taxes.get(rate, NOTHING)
        yield country, [gross - tax, rate, tax, gross, NOTHING]


def group_of(line: InvoiceLine) -> tuple[bool, Decimal, str]:
    is_margin = line.scheme == Item.TaxScheme.MARGIN
    country = _("export") if line.scheme == EXPORT else line.tax_country
    return is_margin, NOTHING if is_margin else line.tax_rate, country


def payment_rows(start: date, end: date) -> Iterator[list[Any]]:
    """A row for each payment of these days; what went back is negative."""
    payments = Payment.objects.filter(received_on__range=(start, end))
    related = ["invoice__order", "invoice__ticket", "invoice__corrects"]
    for payment in (
        payments.select_related(*related).order_by("received_on", "pk").iterator(ROWS_PER_FETCH)
    ):
        yield [
            payment.received_on,
            str(payment.invoice),
            payment.get_method_display(),
            payment.amount,
            payment.reference,
            payment.currency,
        ]


def close_rows(start: date, end: date) -> Iterator[list[Any]]:
    """A row for each day close of these days, with its takings in its own currency."""
    closes = DayClose.objects.filter(day__range=(start, end)).defer("pdf").order_by("number")
    for close in closes.iterator(chunk_size=ROWS_PER_FETCH):
        takings = takings_of_close(close)
        sums = {each.method: each.sum for each in takings if each.currency == close.currency}
        yield [
            close.number,
            close.day,
            timezone.localtime(close.at).isoformat(sep=" ", timespec="minutes"),
            *(sums.get(way.value, NOTHING) for way in WAYS),
            *(close.opening, close.paid_in, close.paid_out, close.expected),
            *(close.counted, close.difference, close.signed_by, close.note, close.currency),
        ]
