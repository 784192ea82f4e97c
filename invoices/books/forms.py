"""Which days, and which pieces, staff want to see."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from invoices.books.choice import Choice
from repairs_restorals.admin.forms import DayField
from store.dialects import Dialect

YEARS = range(1000, 9999)


def presets() -> list[tuple[str, date, date]]:
    """Periods that are often asked for: a name, the first day, the last day."""
    today = timezone.localdate()
    last = today.replace(day=1) - timedelta(days=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    before = quarter - timedelta(days=1)
    year = today.replace(month=1, day=1)
    last_year = year - timedelta(days=1)
    return [
        (_("this month"), today.replace(day=1), today),
        (_("last month"), last.replace(day=1), last),
        (_("this quarter"), quarter, today),
        (_("last quarter"), before.replace(day=1, month=before.month - 2), before),
        (_("this year"), year, today),
        (_("last year"), last_year.replace(month=1, day=1), last_year),
    ]


class PeriodForm(forms.Form):
    start = DayField(label=gettext_lazy("From"), required=True)
    end = DayField(label=pgettext_lazy("end of a period", "To"), required=True)
    dialect = forms.ChoiceField(
        label=gettext_lazy("Numbers in the file"),
        choices=Dialect.choices,
        initial=Dialect.of_reader,
        required=False,
    )

    def clean_dialect(self) -> Dialect:
        return Dialect.chosen(self.cleaned_data["dialect"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("This is before the first day."))
        # The day before, where some time zones are, and the day after must still be days.
        for name, day in (("start", start), ("end", end)):
            if day and day.year not in YEARS:
                self.add_error(name, _("That is too far away."))
        return data


class StockBookForm(PeriodForm):
    by = forms.ChoiceField(
        label=gettext_lazy("These days are those of the"),
        choices=[("sale", gettext_lazy("sale")), ("purchase", gettext_lazy("purchase"))],
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Pieces"),
        choices=[
            ("all", gettext_lazy("all")),
            ("sold", gettext_lazy("sold")),
            ("stock", gettext_lazy("in stock")),
        ],
    )
    margin_only = forms.BooleanField(
        label=gettext_lazy("By the margin scheme only"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("start", "end"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        has_days = data.get("start") or data.get("end")
        if data.get("state") == "stock" and data.get("by") == "sale" and has_days:
            self.add_error("by", _("What is in stock has no day of sale."))
        return data

    @property
    def choice(self) -> Choice:
        data = dict(self.cleaned_data)
        del data["dialect"]
        return Choice(**data)
