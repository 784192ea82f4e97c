"""Take in a thing that somebody brings to the counter."""

import hashlib
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.contact_fields import PhoneField, fitting_phone
from accounts.forms import EmailAddressField, IdempotencyKeyField, NameField, meant_for
from accounts.locking import AccountGone
from accounts.models import User, UserManager
from accounts.validators import validate_one_line, validate_phone
from mail.telling import say_what_is_mailed
from money.fields import AmountField
from repairs_restorals.admin.forms import ThingForm, text_area
from repairs_restorals.admin.pages import TicketStaffView
from repairs_restorals.fields import PhotosField
from repairs_restorals.intake import take_in
from repairs_restorals.models import ServiceTicket
from repairs_restorals.photos import no_pictures, prepare_photos
from repairs_restorals.sent_photos import name_refused
from store.renamed_fields import with_new_names

PERSON = ["name", "phone", "email"]


class IntakeForm(ThingForm):
    required_css_class = "required"

    name = NameField(
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
    )
    phone = PhoneField(
        required=False,
        validators=[validate_one_line, validate_phone],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy("A phone number or an e-mail address is needed."),
    )
    email = EmailAddressField(
        label=gettext_lazy("E-mail address, if there is one"),
        autocomplete="off",
        required=False,
        help_text=gettext_lazy(
            "Quotes and news go there, and the ticket stands in the account with it: its name "
            "stays. Without one, nothing is mailed."
        ),
    )
    into_unchecked = forms.BooleanField(
        label=gettext_lazy("File it in this account all the same"), required=False
    )
    place = forms.CharField(
        label=gettext_lazy("Where you lay it"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Such as “shelf B3”; otherwise, the counter."),
    )
    value = AmountField(
        label=gettext_lazy("Worth, by its owner"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("For the insurer."),
    )
    photos = PhotosField(label=gettext_lazy("Photos"), required=False, has_camera=True)
    idempotency_key = IdempotencyKeyField()

    class Meta(ThingForm.Meta):
        fields = [*ThingForm.Meta.fields, "description", "go_ahead_limit"]
        widgets = {**ThingForm.Meta.widgets, "description": text_area(5)}

    field_order = [
        *PERSON,
        "into_unchecked",
        "title",
        "description",
        "condition",
        "place",
        "value",
        "photos",
        "kind",
        "category",
        "piece",
        "serial_number",
        "go_ahead_limit",
        "needed_by",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_mailed(self.fields["email"])
        self.stranger = self.find_stranger()
        if self.stranger is None:
            del self.fields["into_unchecked"]

    def clean_phone(self) -> str:
        return fitting_phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors.keys() & {*PERSON} and not (data["phone"] or data["email"]):
            text = _("How is the customer reached? Write down a phone number or an e-mail address.")
            self.add_error("phone", text)
        return data

    def find_stranger(self) -> User | None:
        """Whoever has a password for an account with the address, which was not checked."""
        typed = UserManager.normalize_email(self.data.get("email", "")).replace("\0", "")
        user = User.objects.filter(email=typed).first() if typed else None
        return user if user and user.is_strangers else None

    def clean_into_unchecked(self) -> bool:
        """Ask before a stranger is given what belongs to whoever stands at the counter."""
        text = _(
            "There is an account with this address, opened on %(date)s as “%(name)s”. Whether "
            "that was the customer is not checked. It sees this ticket only when somebody has "
            "followed a link that is mailed to the address: ask whether it is theirs."
        )
        return meant_for(self.stranger, text, is_meant=self.cleaned_data["into_unchecked"])

    def idempotency_key_of(self, staff: User) -> str:
        """The same for a second click, another one for another customer."""
        sent = self.cleaned_data["idempotency_key"]
        data = self.cleaned_data
        whose = data["email"] or f"{data['name']} {data['phone']}"
        parts = f"{staff.pk} {sent} {whose}"
        return hashlib.sha256(parts.encode()).hexdigest()


class IntakePage(TicketStaffView):
    permissions: ClassVar[list[str]] = ["repairs_restorals.add_serviceticket"]
    template = "intake"

    def get(self, request: HttpRequest) -> HttpResponse:
        # A customer's page leads here with what is known.
        known = {name: request.GET.get(name, "") for name in PERSON}
        return self.show(IntakeForm(initial=known))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = IntakeForm(with_new_names(request.POST), request.FILES)
        if not form.is_valid():
            name_refused(request, no_pictures(form.cleaned_data.get("photos", [])))
            return self.show(form)
        ticket: ServiceTicket = form.instance
        ticket.idempotency_key = form.idempotency_key_of(self.user)
        photos, refused = prepare_photos(form.cleaned_data["photos"])
        person = {name: form.cleaned_data[name] for name in PERSON}
        try:
            ticket = take_in(
                ticket=ticket,
                photos=photos,
                place=form.cleaned_data["place"].strip(),
                value=form.cleaned_data["value"],
                actor=self.user,
                site=self.site,
                **person,
            )
        except AccountGone as refusal:
            form.add_error(None, refusal.sentence)
            return self.show(form)
        self.notify_staff(ticket, form.cleaned_data["name"])
        name_refused(request, refused)
        return redirect("admin:repairs_restorals_serviceticket_change", ticket.pk)

    def notify_staff(self, ticket: ServiceTicket, name: str) -> None:
        papers = reverse("admin:repairs_restorals_serviceticket_papers", args=[ticket.pk])
        text = format_html(
            '{} <a href="{}">{}</a>',
            _("%s is taken in.") % ticket.reference,
            *(papers, _("Print receipt and label")),
        )
        messages.success(self.request, text)
        if ticket.customer.name != name:
            kept = _("The account keeps its name, %s.") % ticket.customer.name
            messages.info(self.request, kept)

    def show(self, form: IntakeForm) -> HttpResponse:
        return self.page(_("Take in at the counter"), form=form)
