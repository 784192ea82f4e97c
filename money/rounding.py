from decimal import ROUND_HALF_UP, Decimal

from money.currency import unit_of


def rounded(amount: Decimal, currency: str | None = None) -> Decimal:
    """To the currency's unit (the shop's when none is named), as shops and tax offices do.

    Halves go away from zero.
    """
    return amount.quantize(unit_of(currency), ROUND_HALF_UP)
