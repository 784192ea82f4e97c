"""Join two records of one person, after a look at what that does."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.pages import StaffView
from accounts.confirmation import require_confirmation
from accounts.joining import (
    CannotJoin,
    check_may_join,
    check_may_join_guest,
    join_guest,
    join_people,
    what_goes_along,
)
from accounts.models import User, UserManager
from repairs_restorals.intake import find_or_add_customer
from repairshop.front_desk.search import LONGEST_TERM
from repairshop.people.candidates import candidates
from repairshop.people.records import Person
from repairshop.people.views import MAY_JOIN, MAY_SEE, find_person
from store.belongings import orders_of_guest
from typed.phones import significant_digits
from typed.references import number_in


class JoinForm(forms.Form):
    """Which record goes, and its name or address once more, typed."""

    # The number of an account, which stands on no page; an address or phone of a guest.
    other = forms.CharField(max_length=254, widget=forms.HiddenInput)
    typed = forms.CharField(
        label=gettext_lazy("Type the name, address or phone of the record that goes"),
        max_length=254,
        required=False,
    )

    def clean_other(self) -> User | str:
        """An account, by number or address; the address or phone of a guest as it is."""
        text = str(self.cleaned_data["other"]).replace("\0", "").strip()
        # A phone begins with what no number of a record begins with.
        is_phone = text.startswith(("0", "+")) and bool(significant_digits(text))
        number = None if is_phone else number_in(text)
        email = UserManager.normalize_email(text)
        if user := User.objects.filter(pk=number).first() if number else None:
            return user
        if user := User.objects.filter(email=email).first():
            return user
        if "@" in email and Person(guest_email=email).orders.exists():
            return email
        if significant_digits(text) and Person(guest_phone=text).orders.exists():
            return text
        raise forms.ValidationError(_("There is no such record."))


class JoinPage(StaffView):
    """This page's record stays; the other one goes. For those who may change people."""

    permissions: ClassVar[list[str]] = [*MAY_SEE, *MAY_JOIN]
    model = User
    template = "join"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        kept = find_person(pk)
        if "other" not in request.GET:
            return self.show(kept, JoinForm())
        form = JoinForm(request.GET)
        return self.show(kept, form, form.cleaned_data["other"] if form.is_valid() else None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        kept = find_person(pk)
        form = JoinForm(request.POST)
        if not form.is_valid():
            return self.show(kept, form)
        other = form.cleaned_data["other"]
        if form.cleaned_data["typed"].strip().casefold() not in map(str.casefold, known_as(other)):
            form.add_error(
                "typed", _("This is not the name, address or phone of the record that goes.")
            )
            return self.show(kept, form, other)
        require_confirmation(request)
        try:
            if isinstance(other, User):
                join_people(lost_id=other.pk, kept_id=kept.pk, request=request)
            else:
                join_guest(guest=other, kept_id=kept.pk, request=request)
        except CannotJoin as refusal:
            form.add_error(None, refusal.sentence)
            return self.show(kept, form, other)
        messages.success(request, _("The two records are one now."))
        return redirect("person", kept.pk)

    def show(self, kept: User, form: JoinForm, other: User | str | None = None) -> HttpResponse:
        """Without another one yet, whoever has the same name, or what was searched for."""
        term = self.request.GET.get("q", kept.name).replace("\0", "").strip()[:LONGEST_TERM]
        return self.page(
            _("Join another record with %s") % Person(user=kept),
            person=Person(user=kept),
            kept=kept,
            form=form,
            other=other,
            sought=term,
            found=None if other else candidates(self.request, kept, term),
            lost=known_as(other) if other else [],
            is_account=isinstance(other, User),
            goes_along=what_goes_along(other) if other else [],
            refusal=refusal_of(other, kept) if other and not form.non_field_errors() else "",
        )


class KeepGuest(StaffView):
    """Make a record of somebody known by phone alone, which others can be joined with."""

    permissions: ClassVar[list[str]] = [*MAY_SEE, *MAY_JOIN]
    model = User
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        phone = request.POST.get("phone", "").strip()
        order = orders_of_guest(phone).order_by("pk").last() if "@" not in phone else None
        if order is None:
            raise Http404
        require_confirmation(request)
        with transaction.atomic():
            kept = find_or_add_customer(email="", name=order.name or phone, phone=phone)
            join_guest(guest=phone, kept_id=kept.pk, request=request)
        messages.success(request, _("There is a record now."))
        return redirect("person", kept.pk)


def known_as(other: User | str) -> list[str]:
    """Name, address and phone of an account; of a guest, the address or phone, and each name."""
    if isinstance(other, User):
        known = [other.name, other.email, Person(user=other).phone]
    else:
        person = Person(guest_email=other) if "@" in other else Person(guest_phone=other)
        names = person.orders.order_by("-pk").values_list("name", flat=True)
        known = [*dict.fromkeys(names), other]
    return [name for name in map(str.strip, known) if name]


def refusal_of(other: Any, kept: User) -> str:
    try:
        if isinstance(other, User):
            check_may_join(other, kept)
        else:
            check_may_join_guest(other, kept)
    except CannotJoin as refusal:
        return refusal.sentence
    return ""
