from decimal import Decimal

from django import template
from django.utils.timezone import localdate

from store.currency_rates import about
from store.models import ShopProfile

register = template.Library()


@register.filter
def in_other_currencies(amount: Decimal, shop: ShopProfile) -> str:
    """For pages alone: what is agreed and paid has one currency."""
    return about(amount, shop.rates, localdate())
