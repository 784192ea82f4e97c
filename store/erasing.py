"""Whose data it was is taken from orders that are over; their things and prices stay."""

from collections.abc import Iterator

from accounts.erasing import (
    ERASED,
    ERASERS,
    OF_SHOP,
    Eraser,
    hide_in_admin_log,
    is_of_shop,
)
from accounts.models import Address, User
from accounts.personal_data import Person
from accounts.secrets import new_secret
from store.models import Order, OrderEvent, Piece, Question, ShopProfile
from store.personal_data import orders


def under_way(person: Person) -> Iterator[str]:
    if is_of_shop(person, ShopProfile.get_solo().email):
        yield str(OF_SHOP)
    for order in orders(person):
        if order.ended_at is None:
            yield str(order)


def erase(person: Person) -> None:
    forget_orders([order.pk for order in orders(person) if order.ended_at is not None])
    forget_questions(list(Question.objects.filter(person.owned()).values_list("pk", flat=True)))
    if person.user:
        leave(person.user)


def leave(user: User) -> None:
    Piece.objects.filter(held_for=user).update(held_for=None)


def forget_orders(keys: list[int]) -> None:
    bare = dict.fromkeys([*Address.ALL_COLUMNS, "email", "phone", "note", "staff_note"], "")
    bare |= dict.fromkeys(["tracking", "placed_from", "discount_reason"], "")
    for key in keys:
        rows = Order.objects.filter(pk=key)
        # Nobody gets in by a link of before.
        rows.update(**bare, name=ERASED, customer=None, secret=new_secret(), first_link=None)
    OrderEvent.objects.filter(order__in=keys).update(note="", detail="")
    hide_in_admin_log(Order, keys)


def forget_questions(keys: list[int]) -> None:
    hide_in_admin_log(Question, keys)
    Question.objects.filter(pk__in=keys).delete()


ERASERS.append(Eraser(under_way, erase, leave))
