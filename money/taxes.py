from collections.abc import Iterable
from decimal import Decimal

from money.rounding import rounded

PERCENT = Decimal(100)


def tax_in(gross: Decimal, rate: Decimal, currency: str | None = None) -> Decimal:
    """The tax within a gross amount, at a rate in percent, rounded once."""
    return rounded(gross * rate / (PERCENT + rate), currency)


def taxes_of(
    amounts: Iterable[tuple[Decimal, Decimal]], currency: str | None = None
) -> dict[Decimal, Decimal]:
    """The tax within gross amounts, summed up and then rounded once for each rate.

    `amounts` are pairs of rate in percent and gross amount.
    """
    gross: dict[Decimal, Decimal] = {}
    for rate, amount in amounts:
        gross[rate] = gross.get(rate, Decimal(0)) + amount
    return {rate: tax_in(amount, rate, currency) for rate, amount in sorted(gross.items())}
