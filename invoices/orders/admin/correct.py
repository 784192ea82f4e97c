"""Name, address and parcel of an order, set right; and between which terms it was placed."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.pages import StaffView
from accounts.confirmation import require_confirmation
from accounts.contact_fields import CONTACT_FIELDS, RESHAPE, LineField
from accounts.forms import EmailAddressField, NameField
from accounts.validators import validate_one_line
from invoices.orders.correcting import Corrected, correct_order, correctable
from invoices.orders.forms import ADDRESS, OrderForm
from mail.telling import gets_mail, no_mail
from store.exceptions import VersionChanged
from store.models import Order
from store.versions import VersionedForm


class CorrectForm(VersionedForm, OrderForm):
    """What may be set right of an order as far as it is."""

    name = NameField()
    email = EmailAddressField()
    tracking = LineField(label=gettext_lazy("Tracking number"), max_length=100, required=False)

    class Meta:
        model = Order
        fields = ["name", "email", "phone", *ADDRESS, "tracking", "carrier", "staff_note"]
        field_classes = CONTACT_FIELDS
        widgets = {"staff_note": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})}
        help_texts = {"staff_note": gettext_lazy("The customer never sees it.")}

    def __init__(self, *args: Any, instance: Order, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, version=instance.version, **kwargs)
        possible = correctable(instance)
        for field in [*self.fields]:
            if field not in {*possible, "version"}:
                del self.fields[field]
        for field in ["name", "email"]:
            # At the counter nobody is asked for them.
            if field in self.fields:
                self.fields[field].required = bool(getattr(instance, field))
        for field in ["phone", *ADDRESS]:
            if field in self.fields:
                self.fields[field].validators.append(validate_one_line)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "street" in self.fields:
            self.check_address(data)
        return data


class CorrectPage(StaffView):
    permissions: ClassVar[list[str]] = ["store.change_order"]
    model = Order
    about = "order"
    template = "correct"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = get_object_or_404(Order, pk=pk)
        return self.show(order, CorrectForm(instance=order))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = get_object_or_404(Order, pk=pk)
        if RESHAPE in request.POST:
            form = CorrectForm.reshaped(request.POST, instance=order)
            form.initial["version"] = request.POST.get("version", "")
            return self.show(order, form)
        form = CorrectForm(request.POST, instance=order)
        if not form.is_valid():
            return self.show(get_object_or_404(Order, pk=pk), form)
        if "email" in form.changed_data:
            # Whoever reads its mails has powers over the order.
            require_confirmation(request)
        try:
            done = correct_order(
                order_id=pk,
                version=form.cleaned_data["version"],
                values=form.cleaned_data,
                actor=self.user,
            )
        except VersionChanged as refusal:
            messages.error(request, refusal.sentence)
            form.show_version_of(order)
            return self.show(get_object_or_404(Order, pk=pk), form)
        for sentence in summary_of(order, done, form.cleaned_data):
            messages.success(request, sentence)
        return redirect("admin:store_order_change", pk)

    def show(self, order: Order, form: CorrectForm) -> HttpResponse:
        return self.page(_("Correct, or note"), order=order, form=form)


def summary_of(order: Order, done: Corrected, data: dict[str, Any]) -> list[str]:
    """What came of it, in sentences."""
    if not done.fields:
        return [_("Nothing was changed.")]
    found = [_("Saved.")]
    if done.mails and gets_mail(data["email"]):
        text = ngettext("%(n)d mail goes to %(to)s.", "%(n)d mails go to %(to)s.", done.mails)
        found.append(text % {"n": done.mails, "to": data["email"]})
    if done.told:
        told = _("The customer is mailed where the parcel is.")
        found.append(no_mail(order.email, order.phone) or told)
    return found


class TermsPage(StaffView):
    """Between which terms an order was placed."""

    permissions: ClassVar[list[str]] = ["store.view_order"]
    model = Order
    about = "order"
    template = "terms"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = get_object_or_404(Order, pk=pk)
        if order.terms is None:
            raise Http404
        return self.page(_("Terms of sale"), order=order, terms=order.terms)
