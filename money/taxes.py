from collections.abc import Iterable
from decimal import Decimal

from money.rounding import rounded

PERCENT = Decimal(100)


def taxes_of(
    amounts: Iterable[tuple[Decimal, Decimal]], currency: str | None = None
) -> dict[Decimal, Decimal]:
    """The tax within gross amounts, summed up and then rounded once for each rate.

    `amounts` are pairs of rate in percent and gross amount.
    """
    gross: dict[Decimal, Decimal] = {}
    for rate, amount in amounts:
        gross[rate] = gross.get(rate, Decimal(0)) + amount
    return {
        rate: rounded(amount * rate / (PERCENT + rate), currency)
        for rate, amount in sorted(gross.items())
    }
