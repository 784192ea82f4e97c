"""Stripe counts money in a currency's smallest unit: https://docs.stripe.com/currencies."""

from decimal import Decimal

from invoices.card_limits import STEPS, exponent
from invoices.exceptions import PaymentRefused


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Stripe's whole number for an amount; PaymentRefused for one that it cannot take."""
    units = amount.scaleb(exponent(currency))
    if units % STEPS.get(currency, 1):
        raise PaymentRefused(f"{amount} {currency} is divided more finely than Stripe takes it")
    return int(units)


def from_minor_units(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-exponent(currency))
