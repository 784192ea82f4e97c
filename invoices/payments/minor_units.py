"""Stripe counts money in a currency's smallest unit: https://docs.stripe.com/currencies."""

from decimal import Decimal

from invoices.exceptions import PaymentRefused

ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# What one step of the smallest amount that Stripe takes is in its own count: crowns of
# Iceland and shillings of Uganda have no cents but are counted in them, and the last of
# three decimals must be 0.
STEPS = {"ISK": 100, "UGX": 100} | dict.fromkeys(THREE_DECIMAL, 10)


def exponent(currency: str) -> int:
    """How many decimals Stripe counts for a currency."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Stripe's whole number for an amount; PaymentRefused for one that it cannot take."""
    units = amount.scaleb(exponent(currency))
    if units % STEPS.get(currency, 1):
        raise PaymentRefused(f"{amount} {currency} is divided more finely than Stripe takes it")
    return int(units)


def from_minor_units(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-exponent(currency))
