from datetime import datetime

from django import template

from store import availability
from store.templatetags.clock_time import clock_time

register = template.Library()


@register.filter
def held_words(holder: str, until: datetime) -> str:
    """How a thing is held, such as “in somebody’s bag until 14:26”."""
    return availability.held_words(holder, clock_time(until))
