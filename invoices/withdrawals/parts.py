"""The part of a repair that is owed: as lines of a draft, or as what an invoice takes back."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from invoices.documents.credit_notes import Credit, discounted_lines
from invoices.exceptions import TooMuch
from invoices.models import NOTHING, Invoice, InvoiceLine
from money.rounding import rounded
from repairs_restorals.models import Quote


def shared(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """An amount in proportion to weights, in the currency's unit. The shares add up to it.

    None is above its weight while the amount is not above their sum.
    """
    shares, before, total, until = [], NOTHING, sum(weights, NOTHING), NOTHING
    for weight in weights:
        until += weight
        share = rounded(amount * until / total, currency) - before
        shares.append(share)
        before += share
    return shares


def lines_of_part(quote: Quote, owed: Decimal) -> Iterator[InvoiceLine]:
    """A line for each tax of what was agreed, in proportion; they add up to what is owed."""
    agreed: dict[Decimal, Decimal] = {}
    for line in quote.lines.all():
        agreed[line.tax_rate] = agreed.get(line.tax_rate, NOTHING) + line.total
    rates = sorted(agreed) if owed else []
    shares = shared(owed, [agreed[rate] for rate in rates], quote.currency)
    for rate, part in zip(rates, shares, strict=True):
        if part:
            text = str(_("The part that was done until the withdrawal"))
            yield InvoiceLine(description=text, price=part, tax_rate=rate)


def not_owed(invoice: Invoice, owed: Decimal) -> list[Credit]:
    """What an issued invoice takes back of each line, in proportion, so that what is owed is left.

    Raises TooMuch when it asks for less than that. A discount goes back with the last of what it
    was given on, which `credit` sees to.
    """
    left = {line: amount for line, amount in invoice.creditable.items() if amount}
    asked = sum(left.values(), NOTHING)
    if owed > asked:
        raise TooMuch
    if not owed:
        return [Credit(*each) for each in left.items()]
    together = [{*lines} & {*left} for lines in discounted_lines(invoice)]
    alone = {*left} - {line for lines in together for line in lines}
    groups = [lines for lines in [*together, *({line} for line in sorted(alone))] if lines]
    charged = [sum((left[line] for line in lines), NOTHING) for lines in groups]
    parts = []
    for lines, back in zip(groups, shared(asked - owed, charged, invoice.currency), strict=True):
        things = sorted(line for line in lines if left[line] > 0)
        shares = shared(back, [left[line] for line in things], invoice.currency)
        parts += [Credit(*each) for each in zip(things, shares, strict=True)]
    return [part for part in parts if part.amount]
