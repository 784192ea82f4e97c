"""What prices come to in further currencies, for information: nothing is paid in them.

The owner says what one of the shop's own currency is worth, and since when that is known; a rate
that is older than a month is shown to nobody.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Self

from babel.numbers import get_decimal_symbol
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from money.currency import reader_locale, unit_of
from money.filters import money

KNOWN_FOR = timedelta(days=31)
SIGNIFICANT_DIGITS = 3
# Smaller amounts have decimals.
WHOLE_FROM = 10


class Rate(NamedTuple):
    currency: str
    rate: Decimal
    day: date

    @classmethod
    def of_row(cls, row: dict[str, str]) -> Self:
        return cls(row["currency"], Decimal(row["rate"]), date.fromisoformat(row["day"]))

    @property
    def row(self) -> dict[str, str]:
        """As the profile keeps it."""
        return {"currency": self.currency, "rate": str(self.rate), "day": self.day.isoformat()}

    def is_known_on(self, day: date) -> bool:
        # Not one of tomorrow: here it may still be yesterday.
        return self.day - timedelta(days=1) <= day <= self.day + KNOWN_FOR

    def about(self, amount: Decimal) -> str:
        return written(amount * self.rate, self.currency)


def written(amount: Decimal, currency: str) -> str:
    """In three digits: whoever reads more takes it for what is paid."""
    if amount < WHOLE_FROM:
        return money(amount.quantize(unit_of(currency)), currency)
    beyond = max(0, amount.adjusted() + 1 - SIGNIFICANT_DIGITS)
    whole = amount.quantize(Decimal(1).scaleb(beyond)).quantize(Decimal(1))
    cents = f"{re.escape(get_decimal_symbol(reader_locale()))}0+(?!\\d)"
    return re.sub(cents, "", money(whole, currency))


def about(amount: Decimal, rates: Iterable[Rate], today: date) -> str:
    """A sentence with what an amount comes to; "" without a rate, and for nothing."""
    known = [rate for rate in rates if rate.is_known_on(today)]
    if not known or not amount:
        return ""
    amounts = " · ".join(rate.about(amount) for rate in known)
    day = date_format(min(rate.day for rate in known))
    text = _("About %(amounts)s, by our rate of %(day)s. You pay in %(currency)s.")
    return text % {"amounts": amounts, "day": day, "currency": settings.CURRENCY}
