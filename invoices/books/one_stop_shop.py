"""What the return of the One-Stop Shop asks for: turnover and VAT by member state and rate."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy

from invoices.books.accounting import ROWS_PER_FETCH, midnight
from invoices.models import NOTHING, Invoice, InvoiceLine

OSS_COLUMNS = [
    gettext_lazy("country of the tax"),
    gettext_lazy("tax, in percent"),
    gettext_lazy("net"),
    gettext_lazy("tax"),
    gettext_lazy("gross"),
    gettext_lazy("correction of"),
    gettext_lazy("invoices and credit notes"),
    gettext_lazy("currency"),
]
MONTHS_OF_A_QUARTER = 3
# As returns name the states: Greece has a code of its own in them.
NAMES = {"GR": "EL"}


class Key(NamedTuple):
    """`corrected` is the quarter that is set right, "" for turnover of these days."""

    corrected: str
    country: str
    rate: Decimal
    currency: str


class Sums(NamedTuple):
    net: Decimal = NOTHING
    tax: Decimal = NOTHING
    papers: int = 0


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month - 1) // MONTHS_OF_A_QUARTER + 1}"


def oss_rows(start: date, end: date) -> Iterator[list[Any]]:
    """A row for each member state and rate, of what was issued on these days: invoices less notes.

    A credit note for an invoice of days before is no turnover of these: it corrects the return of
    that quarter, and stands in a row that names it. Sums are of what the invoices say.
    """
    abroad = InvoiceLine.objects.exclude(tax_country="").values("invoice")
    issued = Invoice.objects.issued().filter(pk__in=abroad).to_read()
    first, after = midnight(start), midnight(end + timedelta(days=1))
    found = issued.filter(issued_at__gte=first, issued_at__lt=after).order_by("pk")
    sums: dict[Key, Sums] = {}
    for invoice in found.iterator(chunk_size=ROWS_PER_FETCH):
        day = invoice.corrects.issued_on if invoice.corrects else None
        corrected = quarter_of(day) if day and day < start else ""
        for key, more in sums_of(invoice, corrected).items():
            old = sums.get(key, Sums())
            sums[key] = Sums(old.net + more.net, old.tax + more.tax, old.papers + 1)
    for key, sum_ in sorted(sums.items()):
        yield [
            NAMES.get(key.country, key.country),
            *(key.rate, sum_.net, sum_.tax, sum_.net + sum_.tax),
            *(key.corrected, sum_.papers, key.currency),
        ]


def sums_of(invoice: Invoice, corrected: str) -> dict[Key, Sums]:
    """By rate, with the tax that the invoice shows: all of that rate is of one country."""
    gross: dict[Key, Decimal] = {}
    for line in invoice.parts("lines"):
        if line.tax_country:
            key = Key(corrected, line.tax_country, line.tax_rate, invoice.currency)
            gross[key] = gross.get(key, NOTHING) + line.total
    taxes = invoice.taxes
    return {key: Sums(amount - taxes[key.rate], taxes[key.rate]) for key, amount in gross.items()}
