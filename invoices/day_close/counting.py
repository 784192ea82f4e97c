"""The drawer counted by notes and coins: how many of each there are, summed up."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from money.filters import money

# The notes and coins that pass through a drawer; of other currencies the sum alone is typed.
DENOMINATIONS = {
    "EUR": "200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "USD": "100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01",
    "CHF": "1000 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "JPY": "10000 5000 2000 1000 500 100 50 10 5 1",
}
MOST_OF_ONE = 99_999


def denominations() -> list[Decimal]:
    """Of the shop's currency, the largest first."""
    return [Decimal(value) for value in DENOMINATIONS.get(settings.CURRENCY, "").split()]


class CountingForm(forms.Form):
    """An optional help to find out what is `counted`. It is not kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.each = {f"of_{value}": value for value in denominations()}
        for name, value in self.each.items():
            self.fields[name] = forms.IntegerField(
                label=money(value), min_value=0, max_value=MOST_OF_ONE, required=False
            )
            self.fields[name].widget.attrs["inputmode"] = "numeric"
        self.fields["counted"].required = False

    @property
    def by_each(self) -> Iterable[forms.BoundField]:
        return [self[name] for name in self.each]

    @property
    def is_by_each(self) -> bool:
        """Whether somebody has begun to type how many there are of each."""
        return self.is_bound and any(self[name].value() for name in self.each)

    def clean(self) -> dict[str, Any]:
        """The sum stands for what was counted, where nothing else is typed."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        many = {name: data[name] for name in self.each if data[name] is not None}
        total = sum((self.each[name] * number for name, number in many.items()), Decimal(0))
        if data["counted"] is None and not many:
            self.add_error("counted", self.fields["counted"].error_messages["required"])
        elif data["counted"] is None:
            data["counted"] = total
        elif many and data["counted"] != total:
            self.add_error("counted", _("The notes and coins below make %s.") % money(total))
        return data
