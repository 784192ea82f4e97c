"""Amounts and measures of files, in whatever way their makers write numbers."""

import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from money.currency import decimals_of
from money.typed import NotAnAmount, OtherWord, TooFine, read_amount
from money.typed import Unclear as UnclearAmount
from store.imports.problems import BadCell, Unclear, short

# Languages that write 1,234.50 and 1.234,50.
LOCALES = {"point": "en", "comma": "de"}
MEASURE = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?\s*(?:cm)?", re.IGNORECASE)
THOUSANDS_DIGITS = 3
# In "1.299,-" the dash stands for no cents.
NO_CENTS = re.compile(r"[0-9]([.,])[-–—]")
# What nobody reads in another way, as most programs write it.
PLAIN = re.compile(r"[0-9]{1,12}(?:\.([0-9]{1,2}))?")
TOO_MANY_DIGITS = re.compile(r"[0-9.,']{16,}")


def amount_of(text: str, field: "models.DecimalField[Any, Any]", decimal: str) -> Decimal:
    """An amount in the shop's currency. `decimal` is what somebody said, see `Options`."""
    plain = PLAIN.fullmatch(text)
    if plain and len(plain[1] or "") <= decimals_of():
        return check_size(Decimal(text), text, field)
    try:
        amount = said(text, decimal) if decimal else understood(text)
    except TooFine:
        raise too_many_decimals(text, decimals_of()) from None
    except OtherWord as refusal:
        why = {"text": short(text), "reason": str(refusal).rstrip(".")}
        raise BadCell(_("“%(text)s”: %(reason)s") % why) from None
    except NotAnAmount:
        is_long = TOO_MANY_DIGITS.fullmatch(text)
        reason = _("“%s” is too large") if is_long else _("“%s” is not a number like 1234.50")
        raise BadCell(reason % short(text)) from None
    if amount < 0:
        raise BadCell(_("“%s” is negative") % short(text))
    return check_size(amount, text, field)


def said(text: str, decimal: str) -> Decimal:
    try:
        return read_amount(text, locale=LOCALES[decimal])
    except UnclearAmount as unclear:
        return unclear.by_signs


def understood(text: str) -> Decimal:
    """What an amount is to all who may have written it. Raises Unclear for what is not."""
    if dash := NO_CENTS.search(text):
        return said(text, "comma" if dash[1] == "," else "point")
    try:
        amount = read_amount(text, locale=to_locale(settings.LANGUAGE_CODE))
    except UnclearAmount as unclear:
        raise unclear_between(text, *unclear.readings) from None
    except TooFine:
        if thousands := in_thousands(text):
            raise unclear_between(text, thousands / 1000, thousands) from None
        raise
    for locale in LOCALES.values():
        try:
            other = read_amount(text, locale=locale)
        except UnclearAmount as unclear:
            raise unclear_between(text, *unclear.readings) from None
        except NotAnAmount:
            continue
        if other != amount:
            raise unclear_between(text, *sorted([amount, other]))
    return amount


def in_thousands(text: str) -> Decimal | None:
    """What 1.234 is to somebody, when it is too fine for an amount to others."""
    for locale in LOCALES.values():
        with suppress(NotAnAmount):
            return read_amount(text, locale=locale)
    return None


def unclear_between(text: str, less: Decimal, more: Decimal) -> Unclear:
    readings = {"text": short(text), "less": f"{less.normalize():f}", "more": f"{more:,.0f}"}
    return Unclear(_("“%(text)s” may be %(less)s or %(more)s") % readings, "decimal", text)


def measure_of(text: str, field: "models.DecimalField[Any, Any]") -> Decimal:
    """A measure in centimetres. There is no comma for thousands in these."""
    number = MEASURE.fullmatch(text)
    if not number:
        is_negative = text.startswith("-") and MEASURE.fullmatch(text[1:])
        reason = _("“%s” is negative") if is_negative else _("“%s” is not a number like 1234.50")
        raise BadCell(reason % short(text))
    whole, fraction = number[1], number[2] or ""
    digits = fraction.rstrip("0") if len(fraction) != THOUSANDS_DIGITS else fraction
    if len(digits) > field.decimal_places:
        raise too_many_decimals(text, field.decimal_places)
    return check_size(Decimal(f"{whole}.{fraction or 0}"), text, field)


def too_many_decimals(text: str, limit: int) -> BadCell:
    told = {"text": short(text), "limit": limit}
    return BadCell(_("“%(text)s” has more than %(limit)d digits after the point") % told)


def check_size(number: Decimal, text: str, field: "models.DecimalField[Any, Any]") -> Decimal:
    if number >= 10 ** (field.max_digits - field.decimal_places):
        raise BadCell(_("“%s” is too large") % short(text))
    return number
