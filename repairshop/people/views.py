"""A customer's page: everything that the shop knows, and what may be begun from there."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import StaffView
from accounts.joining import works_here
from accounts.models import User, UserManager
from invoices.counter.pages import MAY_SELL
from repairshop.people.records import Person
from repairshop.people.sections import sections_for
from store.models import Piece
from typed.phones import significant_digits

MAY_SEE = ["accounts.view_user", "accounts.view_customer"]
MAY_JOIN = ["accounts.change_user", "accounts.change_customer"]


class PeopleView(StaffView):
    permissions: ClassVar[list[str]] = MAY_SEE
    model = User
    template = "person"

    def show(self, person: Person) -> HttpResponse:
        may_join = self.user.has_perms(MAY_JOIN) and not (person.user and works_here(person.user))
        sees_money = self.user.has_perm("invoices.view_invoice")
        return self.page(
            str(person),
            person=person,
            sections=sections_for(person, self.user),
            owed=person.owed if sees_money else [],
            warnings=self.warnings(person),
            others=person.others[:5],
            may_join=may_join,
            actions=self.actions(person),
        )

    def warnings(self, person: Person) -> list[str]:
        user = person.user
        if user is None:
            return [_("Known as a guest only: there is no account.")]
        found = []
        if user.merged_into:
            found.append(_("It was joined with another record: %s.") % user.merged_into)
        elif not user.is_active:
            found.append(_("The account is closed."))
        if not user.email:
            found.append(_("No e-mail address: nothing is mailed."))
        elif not user.is_checked:
            found.append(_("Nobody has shown yet that the address is theirs."))
        return found

    def actions(self, person: Person) -> list[tuple[str, str]]:
        """What may be begun for somebody: where, and what it is called."""
        known = {"name": person.user.name if person.user else "", "phone": person.phone}
        ticket = urlencode({**known, "email": person.email})
        whose = urlencode({"person": person.user.pk}) if person.user else ""
        found = []
        if self.user.has_perm("repairs_restorals.add_serviceticket"):
            intake = reverse("admin:repairs_restorals_serviceticket_add")
            found.append((f"{intake}?{ticket}", _("Take in a repair")))
        if self.user.has_perms(MAY_SELL):
            found.append((f"{reverse('till')}?{whose}", _("Sell at the till")))
        if person.email:
            found.append((f"mailto:{person.email}", _("Write a mail")))
        return found


class PersonPage(PeopleView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(Person(user=find_person(pk)))


class GuestPage(PeopleView):
    """Of an address or a number; where that is an account's, the account's page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        typed = request.GET.get("email", "").replace("\0", "")
        email = UserManager.normalize_email(typed)
        phone = request.GET.get("phone", "").strip()
        if email:
            if user := User.objects.filter(email=email).first():
                return redirect("person", user.pk)
            return self.show_known(Person(guest_email=email))
        if not phone:
            return redirect("admin:search")
        if not significant_digits(phone):
            raise Http404
        return self.show_known(Person(guest_phone=phone))

    def show_known(self, person: Person) -> HttpResponse:
        """Nobody has a page who has left nothing."""
        left: list[Any] = [person.orders, person.places, person.wishes, person.questions]
        if not any(rows.exists() for rows in left):
            raise Http404
        return self.show(person)


class Reserve(StaffView):
    """Leads from a person's page to the reservation of a piece, by its stock number."""

    permissions: ClassVar[list[str]] = [*MAY_SEE, "bag.change_hold"]
    model = User

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = find_person(pk)
        number = request.GET.get("number", "").replace("\0", "").strip()
        if piece := Piece.objects.filter(stock_number__iexact=number).first():
            page = reverse("admin:bag_hold_reserve", args=[piece.pk])
            return redirect(f"{page}?{urlencode({'customer': person.pk})}")
        messages.error(request, _("There is no piece with the stock number “%s”.") % number[:50])
        return redirect("person", person.pk)


def find_person(pk: int) -> User:
    people = User.objects.select_related("customer", "merged_into")
    return get_object_or_404(people, pk=pk)
