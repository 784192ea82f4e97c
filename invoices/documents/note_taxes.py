"""The tax that credit notes take back: of all notes of an invoice together, what it had said."""

from decimal import Decimal
from typing import cast

from invoices.models import NOTHING, Invoice
from money.taxes import taxes_of


def taxes_taken_back(note: Invoice) -> dict[Decimal, Decimal]:
    """By rate, the tax in what was left before this note, less that in what it leaves.

    Were it rounded for each note by itself, an invoice that is taken back in parts would leave
    cents of tax behind (§ 17 UStG corrects what is owed, which is of the whole). What was left
    before is what the papers have said, those of releases that rounded each for itself included.
    """
    invoice = cast(Invoice, note.corrects)
    before = [invoice, *invoice.credit_notes.exclude(pk=note.pk).prefetch_related("lines")]
    said: dict[Decimal, Decimal] = {}
    for paper in before:
        for rate, tax in paper.taxes.items():
            said[rate] = said.get(rate, NOTHING) + tax
    amounts = (amount for paper in [*before, note] for amount in paper.taxed)
    left = taxes_of(amounts, invoice.currency)
    return {rate: left[rate] - said.get(rate, NOTHING) for rate, _amount in note.taxed}
