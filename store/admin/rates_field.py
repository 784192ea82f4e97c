"""Rates of currencies, a line each, in one field of a form: "CHF 0.93 2026-11-29"."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from store.currency_rates import Rate

MOST_RATES = 6
LARGEST, SMALLEST = Decimal(10) ** 7, Decimal(10) ** -7
MOST_DIGITS = 12


class RatesField(forms.CharField):
    """Cleans to the rows that the profile keeps."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(map(line_of, value or []))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial)).splitlines() != (data or "").splitlines()

    def clean(self, value: Any) -> Any:
        lines = [line.split() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_RATES:
            raise forms.ValidationError(_("That is too much: %d lines at most.") % MOST_RATES)
        rates = [rate_of(words) for words in lines]
        if len({rate.currency for rate in rates}) < len(rates):
            raise forms.ValidationError(_("Each currency once, please."))
        return [rate.row for rate in rates]


def line_of(row: dict[str, str]) -> str:
    rate = Rate.of_row(row)
    return f"{rate.currency} {rate.rate:f} {rate.day.isoformat()}"


def rate_of(words: list[str]) -> Rate:
    """Of three words, or two: then it is known since today."""
    currency, rate, day, *rest = [*words, "", ""]
    if any(rest):
        raise forms.ValidationError(_("“%s”: a currency, its rate and a day.") % " ".join(words))
    return Rate(currency_of(currency), number_of(rate), day_of(day))


def currency_of(word: str) -> str:
    code = word.upper()
    if code not in list_currencies():
        raise forms.ValidationError(_("“%s” is no currency: write its code, such as CHF.") % word)
    if code == settings.CURRENCY:
        raise forms.ValidationError(_("%s is the currency of the shop.") % code)
    return code


def number_of(word: str) -> Decimal:
    wrong = forms.ValidationError(_("“%s” is no rate: write a number such as 0.93.") % word)
    try:
        rate = Decimal(word.replace(",", "."))
    except InvalidOperation:
        raise wrong from None
    if not rate.is_finite() or not SMALLEST <= rate <= LARGEST:
        raise wrong
    if len(rate.as_tuple().digits) > MOST_DIGITS:
        raise wrong
    return rate


def day_of(word: str) -> date:
    if not word:
        return localdate()
    wrong = {"invalid": _("“%s” is no day.") % word}
    day: date = forms.DateField(error_messages=wrong).clean(word)
    if day > localdate():
        raise forms.ValidationError(_("%s is still to come.") % word)
    return day
