"""VAT rates of other countries, a line each, in one field of a form: "FR 20", "FR 20 5.5"."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from store.taxes.places import MEMBERS
from store.taxes.rates import DestinationRate

MOST, PARTS = Decimal(99), 3
NAMES = {"EL": "GR"}


class DestinationRatesField(forms.CharField):
    """Cleans to pairs of rates by country: standard, and reduced or None. Nothing is confirmed."""

    widget = forms.Textarea(attrs={"rows": 10, "cols": 24})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(map(line_of, value or []))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial)).split() != (data or "").split()

    def clean(self, value: Any) -> Any:
        lines = [line.split() for line in super().clean(value).splitlines() if line.strip()]
        found = dict(map(rates_of, lines))
        if len(found) < len(lines):
            raise forms.ValidationError(_("Each country once, please."))
        return found


def line_of(row: dict[str, str]) -> str:
    rate = DestinationRate.of_row(row)
    rates = [each for each in (rate.standard, rate.reduced) if each is not None]
    return " ".join([rate.country, *(f"{each.normalize():f}" for each in rates)])


def rates_of(words: list[str]) -> tuple[str, tuple[Decimal, Decimal | None]]:
    country, *rates = words
    code = NAMES.get(country.upper(), country.upper())
    if code not in MEMBERS:
        raise forms.ValidationError(
            _("“%s” is no country of the EU: write its code, such as FR.") % country
        )
    if not 1 <= len(rates) < PARTS:
        text = _("“%s”: a country, its rate, and the reduced one if you use it.")
        raise forms.ValidationError(text % " ".join(words))
    standard, *reduced = map(percent_of, rates)
    return code, (standard, reduced[0] if reduced else None)


def percent_of(word: str) -> Decimal:
    wrong = forms.ValidationError(_("“%s” is no rate: write a number such as 20 or 5.5.") % word)
    try:
        rate = Decimal(word.replace(",", ".").removesuffix("%"))
    except InvalidOperation:
        raise wrong from None
    if not rate.is_finite() or not 0 <= rate <= MOST or rate != round(rate, 2):
        raise wrong
    return rate
