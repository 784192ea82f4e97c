from decimal import Decimal

from babel.numbers import format_currency
from django import template
from django.conf import settings
from django.utils.formats import number_format

from money.currency import reader_locale

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str | None = None) -> str:
    """Write an amount as readers of the active language do.

    It is in the shop's currency, unless a paper says another: `{{ order.total|money:currency }}`.
    What is less than nothing has a real minus sign, which is not a hyphen.
    """
    written = format_currency(amount, currency or settings.CURRENCY, locale=reader_locale())
    return written.replace("-", "−")


@register.filter
def number(value: Decimal) -> str:
    """Write a number without idle zeros, as readers of the active language do: 2.5, 10."""
    return number_format(value.normalize())
