"""What staff fill in about where things of customers are."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from money.fields import AmountField
from repairs_restorals.admin.forms import DayField, TicketPageForm
from repairs_restorals.custody import last_of
from repairs_restorals.models import ServiceTicket

# Before that nobody kept things here.
FIRST_YEAR = 1900


class CustodyForm(TicketPageForm):
    name = "custody"

    place = forms.CharField(
        label=gettext_lazy("Where it is"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Such as “shelf B3” or “with the gilder”."),
    )
    value = AmountField(
        label=gettext_lazy("Worth, by its owner"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("For the insurer. Ask the owner."),
    )
    left = forms.BooleanField(label=gettext_lazy("It has left the house"), required=False)

    def __init__(self, *args: Any, ticket: ServiceTicket, **kwargs: Any) -> None:
        self.last = last_of(ticket)
        now = {"place": self.last.place, "value": self.last.value} if self.last else {}
        super().__init__(*args, ticket=ticket, initial=now, **kwargs)
        if self.last and self.last.value is not None:
            self.fields["value"].currency = self.last.currency  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("place", "").strip() and not data.get("left"):
            self.add_error("place", _("Say where it is, or that it has left the house."))
        return data


class DayForm(forms.Form):
    day = DayField(label=gettext_lazy("At the end of"), required=True)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Nobody knows that yet."))
        if day.year < FIRST_YEAR:
            raise forms.ValidationError(_("That is too far away."))
        return day
