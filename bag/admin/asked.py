"""Staff say what sending a thing costs, and until when it is reserved; or that it is not sent."""

from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.locking import AccountGone
from accounts.models import User
from bag.admin.forms import LONGEST_RESERVATION, PROPOSED_RESERVATION
from bag.asked.models import ShippingRequest
from bag.asked.services import decline_shipping, offer_shipping
from bag.exceptions import NotEnoughAvailable
from money.fields import AmountField
from store.admin.questions import AnsweredOnceAdmin
from store.exceptions import Refusal
from store.models import ShopProfile
from store.taxes.places import may_be_export

GIVEN = ["thing", "country", "place", "email", "note", "asked_at"]
SAID = ["price", "is_export", "until", "answer"]


class OfferForm(forms.ModelForm):
    """A price, with the time until which the thing is reserved; without any, it is declined."""

    price = AmountField(
        label=_("Price of shipping"),
        required=False,
        min_value=0,
        max_digits=9,
        help_text=_("Empty: we do not send it there."),
    )
    until = forms.DateTimeField(
        label=_("Reserved until"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text=_("Only the one who asked can have it until then."),
    )
    answer = forms.CharField(
        label=_("Words with it"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 70}),
    )

    class Meta:
        model = ShippingRequest
        fields = ["price", "is_export", "until", "answer"]
        help_texts = {
            "is_export": _(
                "It leaves the EU, and you can prove it: VAT is taken off the thing and off this "
                "price, and the customer pays the rest."
            )
        }

    # See `MergedForm`: it is another time each second.
    proposed: ClassVar[set[str]] = {"until"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "until" in self.fields:
            self.initial["until"] = timezone.now() + PROPOSED_RESERVATION

    def clean_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["until"]
        if until and not timezone.now() < until <= timezone.now() + LONGEST_RESERVATION:
            raise forms.ValidationError(_("From now on, and for 90 days at most."))
        return until

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        if data.get("price") is None and "price" not in self.errors and not data.get("answer"):
            self.add_error("answer", _("Please say why, or name a price."))
        asked, home = self.instance, ShopProfile.get_solo().country_code
        if data.get("is_export") and not may_be_export(asked.country_code, asked.postcode, home):
            self.add_error("is_export", _("Nothing leaves the EU for there: it is no export."))
        if data.get("price") is not None and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Please say until when it is reserved."))
        return data


@admin.register(ShippingRequest)
class ShippingRequestAdmin(AnsweredOnceAdmin):
    """A reservation is ended at its hold."""

    form = OfferForm
    list_display = ["item", "country", "asked_at", "stands", "price", "until"]
    list_select_related = ["item"]
    search_fields = ["item__title", "email", "city"]
    fields = [*GIVEN, "stands", *SAID, "answered_at", "answered_by"]

    @admin.display(description=_("country"))
    def country(self, asked: ShippingRequest) -> str:
        return asked.country_name

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingRequest]:
        return ShippingRequest.objects.with_state()

    def is_open(self, asked: ShippingRequest) -> bool:
        return super().is_open(asked) and asked.ended_at is None

    def get_readonly_fields(
        self, request: HttpRequest, obj: ShippingRequest | None = None
    ) -> list[str]:
        given = [*GIVEN, "stands", "answered_at", "answered_by"]
        return given if self.has_change_permission(request, obj) else [*given, *SAID]

    def save_model(
        self,
        request: HttpRequest,
        obj: ShippingRequest,
        form: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        """The services write; a refusal is told, and nothing has been done."""
        said, actor = form.cleaned_data, cast(User, request.user)
        words = {"request_id": obj.pk, "text": said["answer"], "actor": actor}
        refused: Any = ""
        try:
            if said["price"] is None:
                decline_shipping(**words)
            else:
                offer_shipping(
                    price=said["price"], until=said["until"], is_export=said["is_export"], **words
                )
        except NotEnoughAvailable:
            refused = _("No piece of it is available now: somebody holds it, or has it.")
        except (AccountGone, Refusal) as refusal:
            refused = refusal.sentence
        if refused:
            messages.error(request, refused)
        else:
            self.say_it_went(request, obj.email)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Only what was sent has changed anything."""
        if ShippingRequest.objects.filter(pk=obj.pk, answered_by=request.user.pk).exists():
            return super().log_change(request, obj, message)
        return None

    def response_change(self, request: HttpRequest, obj: ShippingRequest) -> HttpResponse:
        return redirect(request.path)

    @admin.display(description=_("state"))
    def stands(self, asked: ShippingRequest) -> str:
        return str(ShippingRequest.State(asked.state).label)
