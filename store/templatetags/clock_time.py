"""Times as a clock at the shop shows them, such as “14:26” or “14:26 on 3 December”."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

register = template.Library()


@register.filter
def clock_time(moment: datetime) -> str:
    """Write the time of day at the shop, and on another day than today its date after it.

    So “until” and “at” stand before a time only: in many languages they are others before a date.
    """
    there = timezone.localtime(moment)
    time = date_format(there, "TIME_FORMAT")
    if there.date() == timezone.localdate():
        return time
    return gettext("%(time)s on %(day)s") % {
        "time": time,
        "day": date_format(there, "MONTH_DAY_FORMAT"),
    }
