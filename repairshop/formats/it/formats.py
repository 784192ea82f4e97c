"""Dates as Italians write them; Django's own have 08 for 8, and a weekday beside each time."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
# With a weekday no article is needed, which would be another one before 8 and 11.
MONTH_DAY_FORMAT = "l j F"
