"""Dates and times as they are written in Europe; Django's own for `en` are American.

There is one way to write each: 03/04/2026 is another day on either side of an ocean.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j F"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
