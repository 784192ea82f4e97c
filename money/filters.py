from decimal import Decimal

from babel.numbers import format_currency
from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language, to_locale

register = template.Library()


@register.filter
def money(amount: Decimal) -> str:
    """Write an amount in the shop's currency as readers of the active language do."""
    return format_currency(amount, settings.CURRENCY, locale=to_locale(get_language() or "en"))


@register.filter
def number(value: Decimal) -> str:
    """Write a number without idle zeros, as readers of the active language do: 2.5, 10."""
    return number_format(value.normalize())
