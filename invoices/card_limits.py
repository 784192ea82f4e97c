"""What a card can pay, by currency: https://docs.stripe.com/currencies, read in November 2026.

Known before a card is offered, so that nobody is led to a refusal. Of the most, Stripe says two
things: that page allows twelve digits to most cards and nine to American Express, the reference of
its API eight to all (https://docs.stripe.com/api/payment_intents/create). What both allow, every
card can pay; the page gives more digits to any way of paying in three currencies.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from money.filters import money

ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# What one step of the smallest amount that Stripe takes is in its own count: crowns of
# Iceland and shillings of Uganda have no cents but are counted in them, and the last of
# three decimals must be 0.
STEPS = {"ISK": 100, "UGX": 100} | dict.fromkeys(THREE_DECIMAL, 10)
# The minimum charge amounts. Of other currencies it is what the account's own comes to, which
# nobody but Stripe knows: from one step on they are tried.
LEAST = {
    **dict.fromkeys(
        "ARS AUD BRL CAD CHF COP EUR IDR ILS INR NZD PHP RUB SGD USD ZAR".split(),  # noqa: SIM905
        "0.50",
    ),
    "AED": "2",
    # Of pages from before the euro came.
    "BGN": "1",
    "CZK": "15",
    "DKK": "2.50",
    "GBP": "0.30",
    "HKD": "4",
    "HUF": "175",
    "JPY": "50",
    "KRW": "50",
    "MXN": "10",
    "MYR": "2",
    "NOK": "3",
    "PLN": "2",
    "RON": "2",
    "SEK": "3",
    "THB": "10",
}
# How many digits the most has, in Stripe's count.
MOST_DIGITS = {"IDR": 12, "COP": 10, "INR": 9}
USUAL_DIGITS = 8


def exponent(currency: str) -> int:
    """How many decimals Stripe counts for a currency."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def why_no_card(amount: Decimal, currency: str) -> str:
    """In a sentence, why no card can pay an amount; "" when one can, or nothing is to be paid."""
    step = Decimal(STEPS.get(currency, 1)).scaleb(-exponent(currency))
    least = Decimal(LEAST[currency]) if currency in LEAST else step
    units = 10 ** MOST_DIGITS.get(currency, USUAL_DIGITS) - 1
    most = Decimal(units).scaleb(-exponent(currency)) // step * step
    if 0 < amount < least:
        return _("Cards pay %s at least.") % money(least, currency)
    if amount > most:
        return _("Cards pay %s at most.") % money(most, currency)
    if amount % step:
        return _("Cards pay no amount that is divided more finely than %s.") % money(step, currency)
    return ""
