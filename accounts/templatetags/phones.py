from django import template

from accounts.home import own_country
from typed import phones

register = template.Library()


@register.filter
def phone_link(phone: str) -> str:
    """Where a link leads that dials a number; one without a country's code is of the shop's."""
    return phones.phone_link(phone, own_country())
