"""Dates and times as they are written in Europe; Django's own for `en` are American."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j F"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
