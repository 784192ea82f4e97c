from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """To the cent, halves away from zero, as shops and tax offices do."""
    return amount.quantize(CENT, ROUND_HALF_UP)
