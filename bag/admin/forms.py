"""What staff fill in about holds."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.desk import told_apart
from accounts.forms import meant_for
from accounts.models import User
from bag.reservations import reservation_end
from store.admin.selects import NumberedSelect
from store.models import Piece, PieceEvent, PieceQuerySet

LONGEST_RESERVATION = timedelta(days=90)
# How long staff keep something that somebody has asked for by phone.
PROPOSED_RESERVATION = timedelta(days=2)
# SQLite keeps times as text, some with more digits than others: equal ones may differ in it.
SAME = timedelta(milliseconds=1)


class HoldVersion(NamedTuple):
    """A hold as a page has shown it: optimistic locking, for a later one is another's."""

    piece: int
    since: datetime


class HoldVersionsField(forms.Field):
    """The holds that a page has shown, each as `Hold.version`."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: list[str] | None) -> list[HoldVersion]:
        try:
            pairs = [text.split(maxsplit=1) for text in value or []]
            versions = [
                HoldVersion(int(piece), datetime.fromisoformat(since)) for piece, since in pairs
            ]
            # No hold is as old or as new as a calendar can write.
            return [hold for hold in versions if 2000 < hold.since.year < 9000]
        except ValueError as error:
            raise forms.ValidationError(_("These holds are not known.")) from error


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=PieceEvent._meta.get_field("note").max_length,
        help_text=_("It stays in the history of the piece."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class UntilForm(ReasonForm):
    """`now` is the time by the database's clock, from which the end is counted."""

    until = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    field_order = ["customer", "for_unchecked", "until", "reason"]

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if until <= self.now:
            raise forms.ValidationError(_("This moment has passed already."))
        if until > self.now + LONGEST_RESERVATION:
            last = date_format(localtime(self.now + LONGEST_RESERVATION), "SHORT_DATETIME_FORMAT")
            raise forms.ValidationError(_("That is too long: %s at the latest.") % last)
        return until


class HoldVersionsForm(forms.Form):
    """Means the holds that were seen and no other: what began later is somebody else's."""

    holds = HoldVersionsField()

    @property
    def versions(self) -> list[HoldVersion]:
        holds: list[HoldVersion] = self.cleaned_data.get("holds", [])
        return holds

    @property
    def going_on(self) -> PieceQuerySet:
        """The pieces of those holds that have not ended since they were seen."""
        same = Q(pk=None)
        for hold in self.versions:
            same |= Q(pk=hold.piece, held_since__range=(hold.since - SAME, hold.since + SAME))
        return Piece.objects.held().filter(same)


class ReleaseForm(HoldVersionsForm, ReasonForm):
    pass


class ExtendForm(HoldVersionsForm, UntilForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].help_text = _("While it is in a bag, the shopper may still renew it.")


class CustomerField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return told_apart(user)


class ReserveForm(UntilForm):
    customer = CustomerField(
        label=_("Customer"),
        queryset=User.objects.filter(is_active=True).select_related("customer"),
        required=False,
        widget=NumberedSelect(
            Piece._meta.get_field("held_for"), admin.site, attrs={"data-width": "100%"}
        ),
        help_text=_("With an account, the customer finds it when logged in and can order it."),
    )
    for_unchecked = forms.BooleanField(
        label=_("Reserve it for this account all the same"), required=False
    )

    def __init__(self, *args: Any, piece: Piece, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.piece = piece
        self.stranger = self.find_stranger()
        if self.stranger is None:
            del self.fields["for_unchecked"]
        # The evening of the day after tomorrow, or of the next open one; staff may change it.
        end = localtime(self.now + PROPOSED_RESERVATION)
        evening = end.replace(hour=18, minute=0, second=0, microsecond=0)
        self.initial.setdefault("until", reservation_end(evening))
        self.fields["until"].help_text = _("On a closed day: at that time of the next open one.")
        self.fields["reason"].help_text = _(
            "Names the person when there is no account. It stays in the history of the piece."
        )

    def find_stranger(self) -> User | None:
        """Whoever has a password for the chosen account, whose address was not checked."""
        field = cast(forms.ModelChoiceField, self.fields["customer"])
        with suppress(forms.ValidationError):
            user = field.clean(self.data.get("customer"))
            return user if user and user.is_strangers else None
        return None

    def clean_for_unchecked(self) -> bool:
        """Ask before a stranger may claim what somebody else has asked for."""
        text = _(
            "This account was opened on %(date)s as “%(name)s”. Whether that was the customer is "
            "not checked, and whoever it was finds the reservation and can order the thing: ask "
            "whether it is theirs, or name the person in the reason alone."
        )
        return meant_for(self.stranger, text, is_meant=self.cleaned_data["for_unchecked"])

    def clean(self) -> dict[str, Any]:
        """Refuse what is not published: it may be far from ready to be ordered.

        What is unpublished later stays reserved, and can be ordered: that was promised.
        """
        if not self.piece.item.published:
            text = _("“%s” is not published, so nobody can see it. Publish it first.")
            raise forms.ValidationError(text % self.piece.item)
        return self.cleaned_data

    @property
    def reservation(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("customer", "until", "reason")}
