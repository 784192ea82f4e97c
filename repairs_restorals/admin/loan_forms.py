"""What staff fill in about loan items."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from repairs_restorals.admin.forms import DayField, TicketPageForm
from repairs_restorals.loans import free_to_lend
from repairs_restorals.models import ServiceTicket
from store.models import Piece


class LoanItemField(forms.ModelChoiceField):
    def label_from_instance(self, piece: Any) -> str:
        return f"{piece.item.title} ({piece.stock_number})"


class LoanForm(TicketPageForm):
    name = "lend"

    piece = LoanItemField(label=gettext_lazy("Loan item"), queryset=Piece.objects.none())
    due_on = DayField(label=gettext_lazy("To be back on"), required=True)

    def __init__(self, *args: Any, ticket: ServiceTicket, **kwargs: Any) -> None:
        super().__init__(*args, ticket=ticket, initial={"due_on": ticket.due_on}, **kwargs)
        self.fields["piece"].queryset = free_to_lend()  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return day
