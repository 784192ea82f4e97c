"""Times as a clock at the shop shows them, such as “14:26”."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()


@register.filter
def clock_time(moment: datetime) -> str:
    """Write the time of day at the shop, and on another day than today its date before it."""
    there = timezone.localtime(moment)
    time = date_format(there, "TIME_FORMAT")
    if there.date() == timezone.localdate():
        return time
    return f"{date_format(there, 'MONTH_DAY_FORMAT')}, {time}"
