"""Whom a record can be joined with: found by what staff know of somebody, and told from others."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Address, User
from accounts.phones import digits_in
from repairs_restorals.models import ServiceTicket
from store.models import Order
from typed.phones import significant_digits

MOST_SHOWN = 10
# Of guests, so many orders are looked through, the newest first.
MOST_ORDERS = 200


class Candidate(NamedTuple):
    name: str
    # The number of an account; the address or phone that a guest is known by.
    other: str
    facts: list[str]


class Candidates(NamedTuple):
    shown: list[Candidate]
    has_more: bool


def candidates(request: HttpRequest, kept: User, term: str) -> Candidates:
    """Accounts first, then guests."""
    if not term:
        return Candidates([], has_more=False)
    found = accounts_like(request, kept, term), guests_like(term)
    shown = [candidate for kind in found for candidate in kind[:MOST_SHOWN]]
    return Candidates(shown, any(len(kind) > MOST_SHOWN for kind in found))


def accounts_like(request: HttpRequest, kept: User, term: str) -> list[Candidate]:
    """Open ones, as the list of people searches them; one more than is shown."""
    others = User.objects.filter(is_active=True).exclude(pk=kept.pk).select_related("customer")
    found, _doubles = admin.site.get_model_admin(User).get_search_results(request, others, term)
    people = list(found.order_by("name", "pk")[: MOST_SHOWN + 1])
    orders = numbers_of(Order.objects.all(), people)
    tickets = numbers_of(ServiceTicket.objects.all(), people)
    return [
        Candidate(
            user.name or user.email or phone_of(user),
            str(user.pk),
            [
                *filter(None, [user.email, phone_of(user), address_of(contact_of(user))]),
                *what(orders.get(user.pk, 0), tickets.get(user.pk, 0)),
                _("known since %s") % day(user.date_joined),
            ],
        )
        for user in people
    ]


def guests_like(term: str) -> list[Candidate]:
    """Whoever has ordered without an account, by the address or phone of their newest order."""
    words = Q()
    for word in term.split():
        words &= Q(name__icontains=word) | Q(email__icontains=word)
    orders = Order.objects.filter(customer=None)
    if digits := significant_digits(term):
        orders = orders.alias(phone_digits=digits_in("phone"))
        words |= Q(phone_digits__contains=digits)
    known: dict[str, list[Order]] = {}
    for order in orders.filter(words).order_by("-pk")[:MOST_ORDERS]:
        known.setdefault(order.email or significant_digits(order.phone), []).append(order)
    known.pop("", None)
    # What names the address of an account stands on its page already.
    for email in User.objects.filter(email__in=known).values_list("email", flat=True):
        del known[email]
    return [guest_of(placed) for placed in known.values()]


def guest_of(orders: list[Order]) -> Candidate:
    newest = orders[0]
    facts = [newest.email, newest.phone, address_of(newest), *what(len(orders), 0)]
    facts += [_("last order on %s") % day(newest.placed_at), _("guest, without an account")]
    known_by = newest.email or newest.phone
    return Candidate(newest.name or known_by, known_by, [*filter(None, facts)])


def numbers_of(rows: QuerySet[Any], people: Iterable[User]) -> dict[int, int]:
    """How many of these rows each of them has."""
    counted = rows.filter(customer__in=people).order_by().values_list("customer")
    return dict(counted.annotate(Count("pk")))


def what(orders: int, tickets: int) -> list[str]:
    said = [(orders, ngettext("%d order", "%d orders", orders))]
    said += [(tickets, ngettext("%d ticket", "%d tickets", tickets))]
    return [words % number for number, words in said if number]


def contact_of(user: User) -> Address | None:
    return getattr(user, "customer", None)


def phone_of(user: User) -> str:
    return str(getattr(contact_of(user), "phone", ""))


def address_of(written: Address | None) -> str:
    return ", ".join(written.address_lines) if written else ""


def day(moment: Any) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")
