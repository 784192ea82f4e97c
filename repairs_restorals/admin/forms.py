"""What staff fill in about tickets."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import EmailAddressField, IdempotencyKeyField
from accounts.groups import MANAGERS, WORKSHOP_STAFF
from accounts.models import User
from repairs_restorals.admin.telling import unmailed
from repairs_restorals.exceptions import SeenByOthers
from repairs_restorals.fields import NeededByMixin, PhotosField
from repairs_restorals.merging import check_seen_alike
from repairs_restorals.models import (
    ServiceTicket,
    Status,
    Task,
    TicketEvent,
    TicketImage,
    TicketMessage,
)
from repairs_restorals.models.status import NOT_AGREED
from store.models import Piece
from store.versions import VersionedForm
from typed.references import number_in

MAX_BODY_LENGTH = TicketMessage._meta.get_field("body").max_length


def workshop_staff() -> QuerySet[User]:
    """Who works in the workshop, by name."""
    people = Q(groups__name__in=[WORKSHOP_STAFF, MANAGERS]) | Q(is_superuser=True)
    staff = User.objects.filter(people, is_staff=True, is_active=True)
    return staff.distinct().order_by("name", "email")


class StaffField(forms.ModelChoiceField):
    """One of those who work in the workshop."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": workshop_staff(), "required": False, **kwargs})

    def label_from_instance(self, person: Any) -> str:
        return str(person.name or person.email)


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**{"required": False, "widget": widget, **kwargs})


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})


class TicketPageForm(forms.Form):
    """A form on the page of a ticket. `name` is its prefix, so that several share the page."""

    name: str

    def __init__(self, *args: Any, ticket: ServiceTicket, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": self.name, **kwargs})
        self.ticket = ticket


class WriteForm(TicketPageForm):
    name = "message"

    body = forms.CharField(
        label=_("Message"), max_length=MAX_BODY_LENGTH, required=False, widget=text_area(4)
    )
    photos = PhotosField(label=_("Photos"), required=False)
    idempotency_key = IdempotencyKeyField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("body") and not data.get("photos"):
            self.add_error("body", _("Write something, or choose a photo."))
        return data


class NoteForm(WriteForm):
    name = "note"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Note")


class PhotosForm(TicketPageForm):
    name = "photos"

    photos = PhotosField(label=_("Photos"))
    stage = forms.ChoiceField(
        label=_("Stage"), choices=TicketImage.Stage.choices, initial=TicketImage.Stage.PROGRESS
    )
    caption = forms.CharField(label=_("Caption"), max_length=200, required=False)


class TicketTransitionForm(VersionedForm, TicketPageForm):
    name = "transition"

    to = forms.ChoiceField(choices=Status.choices)
    # A button that was pressed too late moves nothing.
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("A word with it"),
        max_length=TicketEvent._meta.get_field("note").max_length,
        required=False,
        help_text=_("The customer reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if undone := unmailed(self.ticket):
            self.fields["note"].help_text = f"{gettext('It is kept on the ticket.')} {undone}"

    def clean_to(self) -> Status:
        """Only what `allowed_transitions` offers: the rest is made by quotes and their answers."""
        to = Status(self.cleaned_data["to"])
        if to not in self.ticket.allowed_transitions:
            raise forms.ValidationError(self.ticket.moved_on)
        return to


class AssignForm(TicketPageForm):
    name = "assign"

    assignee = StaffField(label=_("Assigned to"), empty_label=_("nobody"))
    due_on = DayField(label=_("Due"))

    def __init__(self, *args: Any, ticket: ServiceTicket, **kwargs: Any) -> None:
        now = {"assignee": ticket.assignee_id, "due_on": ticket.due_on}
        super().__init__(*args, ticket=ticket, initial=now, **kwargs)
        # Whoever has it keeps it, even if he or she has left the workshop.
        if ticket.assignee:
            kept = workshop_staff() | User.objects.filter(pk=ticket.assignee.pk).distinct()
            self.fields["assignee"].queryset = kept  # type: ignore[attr-defined]


class PartsForm(TicketPageForm):
    """That parts are ordered and not here yet."""

    name = "parts"

    expected_on = DayField(
        label=_("Expected on"), help_text=_("If you know it. The customer reads it.")
    )

    def __init__(self, *args: Any, ticket: ServiceTicket, **kwargs: Any) -> None:
        now = {"expected_on": ticket.parts_expected_on}
        super().__init__(*args, ticket=ticket, initial=now, **kwargs)

    def clean_expected_on(self) -> date | None:
        day: date | None = self.cleaned_data["expected_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return day


class AddressForm(TicketPageForm):
    """The e-mail address of a customer who had none at the counter."""

    name = "address"

    email = EmailAddressField(
        autocomplete="off",
        help_text=_(
            "If there is an account with it, it has all that this customer has brought; else the "
            "customer opens one with it."
        ),
    )


class StatusLinkForm(TicketPageForm):
    name = "link"

    link = forms.ChoiceField(choices=[("new", _("Renew")), ("none", _("Revoke"))])


class TicketsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, ticket: Any) -> str:
        return f"{ticket} ({ticket.get_status_display()})"


class MergeForm(TicketPageForm):
    """Other tickets of the same customer, with which no work has begun."""

    name = "merge"

    others = TicketsField(
        label=_("Duplicates"),
        queryset=ServiceTicket.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the tickets to bring into this one.")},
    )

    def __init__(self, *args: Any, ticket: ServiceTicket, **kwargs: Any) -> None:
        super().__init__(*args, ticket=ticket, **kwargs)
        same = ServiceTicket.objects.filter(customer=ticket.customer_id, status__in=NOT_AGREED)
        self.fields["others"].queryset = same.exclude(pk=ticket.pk)  # type: ignore[attr-defined]

    def clean_others(self) -> QuerySet[ServiceTicket]:
        others: QuerySet[ServiceTicket] = self.cleaned_data["others"]
        try:
            for other in others:
                check_seen_alike(self.ticket, other)
        except SeenByOthers as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
        return others


class TicketTaskForm(TicketPageForm):
    """Something to do about the ticket; for oneself, unless one may give tasks to others."""

    name = "task"

    title = forms.CharField(
        label=pgettext_lazy("of a task", "What"),
        max_length=Task._meta.get_field("title").max_length,
    )
    due_on = DayField(label=_("Due"))
    assignee = StaffField(label=_("For"), empty_label=_("me"))
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.has_perm("repairs_restorals.assign_task"):
            del self.fields["assignee"]


class StockNumberField(forms.CharField):
    """A piece by its stock number; None when nothing is entered."""

    def prepare_value(self, value: Any) -> Any:
        return Piece.objects.filter(pk=value).first() if isinstance(value, int) else value

    def clean(self, value: Any) -> Piece | None:
        number = super().clean(value)
        if not number:
            return None
        if piece := Piece.objects.filter(stock_number__iexact=number).first():
            return piece
        raise forms.ValidationError(_("There is no piece with this stock number."))


class ReferenceField(forms.CharField):
    """A ticket by its reference, as it stands on the label; None when nothing is entered."""

    def prepare_value(self, value: Any) -> Any:
        return f"W{value:05}" if isinstance(value, int) else value

    def clean(self, value: Any) -> ServiceTicket | None:
        reference = super().clean(value)
        if not reference:
            return None
        number = number_in(reference, "W")
        if number and (ticket := ServiceTicket.objects.filter(pk=number).first()):
            return ticket
        raise forms.ValidationError(_("There is no ticket with this reference."))


class ThingForm(NeededByMixin, forms.ModelForm):
    """What a ticket is about. The customer's own words and limit are not staff's to change."""

    piece = StockNumberField(
        label=_("Stock number"), required=False, help_text=_("If it was bought here.")
    )
    needed_by = DayField(label=_("Needed by"))

    class Meta:
        model = ServiceTicket
        fields = ["title", "kind", "category", "piece", "serial_number", "condition", "needed_by"]
        labels = {"title": _("What it is")}
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "condition": text_area(3),
        }
