from contextlib import suppress
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import IdempotencyKeyField
from accounts.models import User
from accounts.names import is_surname
from money.fields import AmountField
from repairs_restorals.fields import NeededByMixin, PhotosField
from repairs_restorals.models import Quote, ServiceTicket, TicketQuerySet
from store.models import Piece

MAX_LINKS = 10
FILED = [
    "title",
    "kind",
    "description",
    "category",
    "piece",
    "serial_number",
    "material_links",
    "go_ahead_limit",
    "begin_wished",
    "needed_by",
]
# Articles 8(8), 14(3) and 16(a) of Directive 2011/83/EU: an express wish, and knowing what it
# means. Nobody is asked to tick it, and it is not ticked already.
BEGIN = _("Please begin before the 14 days in which I may withdraw are over")
BEGIN_MEANS = _(
    "If you withdraw meanwhile, you pay for the part that is done by then. When all of it is done, "
    "you can no longer withdraw. Without your wish we wait for the 14 days."
)
is_web_address = URLValidator(schemes=["http", "https"])


class BoughtField(forms.ModelChoiceField):
    """A piece that the customer has bought here; nobody's until it is told whose."""

    def label_from_instance(self, piece: Any) -> str:
        return f"{piece.item.translated.title} ({piece.stock_number})"


def bought_by(customer: User | None) -> QuerySet[Piece]:
    if customer is None:
        return Piece.objects.none()
    mine = Piece.objects.filter(order__customer=customer, sold_at__isnull=False)
    return mine.select_related("item").order_by("-sold_at")


class TicketForm(NeededByMixin, forms.ModelForm):
    """What is to be mended. Whose it is and how it stands is set by the view, never from here."""

    piece = BoughtField(
        label=_("Did you buy it here?"),
        queryset=Piece.objects.none(),
        required=False,
        empty_label=_("No, or I do not find it"),
    )
    go_ahead_limit = AmountField(
        label=_("Go ahead without asking up to"),
        required=False,
        min_value=0,
        help_text=_(
            "If it costs no more, we begin and tell you. Leave it empty to be asked first."
        ),
    )

    begin_wished = forms.BooleanField(label=BEGIN, required=False, help_text=BEGIN_MEANS)

    class Meta:
        model = ServiceTicket
        fields = FILED
        labels = {"description": _("What is wrong, or what do you wish?")}
        widgets = {
            "kind": forms.RadioSelect,
            "description": forms.Textarea(attrs={"rows": 5}),
            "material_links": forms.Textarea(attrs={"rows": 2}),
            "needed_by": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "title": _("For example “Violin, around 1900” or “Cuckoo clock”."),
            "material_links": _("Strings, leather, a dial: one web address a line."),
            "serial_number": _("If there is one on it."),
        }

    def __init__(self, *args: Any, customer: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        # What staff have written down at the counter stays when the customer changes the rest.
        pieces = bought_by(customer) | Piece.objects.filter(pk=self.instance.piece_id)
        self.fields["piece"].queryset = pieces  # type: ignore[attr-defined]
        if not pieces.exists():
            del self.fields["piece"]
        self.fields["category"].empty_label = _("Something else")  # type: ignore[attr-defined]

    def clean_material_links(self) -> str:
        words = self.cleaned_data["material_links"].split()
        if len(words) > MAX_LINKS:
            raise ValidationError(_("Please send %(n)d links at most.") % {"n": MAX_LINKS})
        for word in words:
            try:
                is_web_address(with_scheme(word))
            except ValidationError as refusal:
                message = _("“%(link)s” is not a web address.") % {"link": word[:100]}
                raise ValidationError(message) from refusal
        return "\n".join(with_scheme(word) for word in words)


def with_scheme(link: str) -> str:
    return link if "://" in link else f"https://{link}"


class NewTicketForm(TicketForm):
    """A ticket with its photos. Visitors without an account add those in a second step."""

    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("Up to 8 at once, JPEG, PNG or WebP. Show the whole thing and what is wrong."),
    )
    idempotency_key = IdempotencyKeyField()

    field_order = ["title", "kind", "description", "photos"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.customer is None:
            del self.fields["photos"]

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, as it was, to be shown again after a log-in."""
        names = [name for name in self.fields if name in {*FILED, "idempotency_key"}]
        return {name: value for name in names if (value := self.data.get(self.add_prefix(name)))}


class MessageForm(forms.Form):
    """Something to say, to show, or both."""

    body = forms.CharField(
        label=_("Your message"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = PhotosField(label=_("Photos"), required=False)
    idempotency_key = IdempotencyKeyField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data["body"] and not data["photos"]:
            self.add_error("body", _("Write something, or choose a photo."))
        return data


class OpenTicketField(forms.ModelChoiceField):
    """One of some open tickets; by the number of one that was merged, the one that goes on."""

    default_error_messages = {
        "invalid_choice": _("This ticket is closed and takes no more photos."),
    }

    def to_python(self, value: Any) -> ServiceTicket | None:
        try:
            return cast(ServiceTicket | None, super().to_python(value))
        except forms.ValidationError:
            customers = cast(TicketQuerySet, self.queryset).values("customer")
            merged = ServiceTicket.objects.filter(customer__in=customers).exclude(merged_into=None)
            with suppress(ValueError, OverflowError):
                if ticket := merged.filter(pk=value).first():
                    return self.to_python(ticket.merged_into_id)
            raise


class TicketImageForm(forms.Form):
    """Photos for one of the customer's own open tickets."""

    # Empty by default: a caller who forgets the customer offers nobody's tickets.
    ticket = OpenTicketField(label=_("Ticket"), queryset=ServiceTicket.objects.none())
    images = PhotosField(label=_("Photos"), help_text=_("Up to 8 at once, JPEG, PNG or WebP."))

    def __init__(self, *args: Any, customer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = ServiceTicket.objects.for_customer(customer).open()
        self.fields["ticket"].queryset = mine  # type: ignore[attr-defined]


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why? It helps us."),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DecisionForm(forms.Form):
    """The answer to a quote: which of the buttons was pressed, and why."""

    decision = forms.ChoiceField(
        choices=[
            ("accept", _("Accept")),
            ("decline", _("Decline")),
            ("reopen", pgettext_lazy("a refusal", "Take it back")),
        ]
    )
    reason = forms.CharField(
        label=_("Anything you want to tell us"),
        max_length=Quote._meta.get_field("reason").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("If you decline, tell us why: perhaps there is another way."),
    )

    begin = forms.BooleanField(label=BEGIN, required=False, help_text=BEGIN_MEANS)
    # Only where somebody comes by a link, and it is about much.
    surname = forms.CharField(
        label=_("The customer’s surname"),
        max_length=150,
        help_text=_(
            "Whoever has the link can read the quote. To answer one of this size, say whose it is."
        ),
    )

    def __init__(self, *args: Any, customer_name: str = "", **kwargs: Any) -> None:
        """`customer_name` is that of whose surname is asked for; "" asks for none."""
        super().__init__(*args, **kwargs)
        self.customer_name = customer_name
        if not customer_name:
            del self.fields["surname"]

    def clean_surname(self) -> str:
        typed: str = self.cleaned_data["surname"]
        if not is_surname(typed, self.customer_name):
            raise forms.ValidationError(_("That is not the name under which we have the ticket."))
        return typed

    @property
    def accepts(self) -> bool:
        return bool(self.cleaned_data["decision"] == "accept")

    @property
    def reopens(self) -> bool:
        """Whether an earlier "no" is taken back."""
        return bool(self.cleaned_data["decision"] == "reopen")

    @property
    def leads_to(self) -> Quote.State:
        if self.reopens:
            return Quote.State.SENT
        return Quote.State.ACCEPTED if self.accepts else Quote.State.DECLINED
