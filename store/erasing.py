"""Whose data it was is taken from orders that are over; their things and prices stay."""

from collections.abc import Iterator

from accounts.erasing import ERASED, ERASERS, OF_SHOP, Eraser, is_of_shop
from accounts.models import Address
from accounts.personal_data import Person
from accounts.secrets import new_secret
from store.models import OrderEvent, Piece, Question, ShopProfile
from store.personal_data import orders


def under_way(person: Person) -> Iterator[str]:
    if is_of_shop(person, ShopProfile.get_solo().email):
        yield str(OF_SHOP)
    for order in orders(person):
        if order.ended_at is None:
            yield str(order)


def erase(person: Person) -> None:
    mine = [order for order in orders(person) if order.ended_at is not None]
    bare = dict.fromkeys([*Address.COLUMNS, "email", "phone", "note", "staff_note"], "")
    bare |= dict.fromkeys(["tracking", "placed_from", "discount_reason"], "")
    for order in mine:
        rows = type(order).objects.filter(pk=order.pk)
        # Nobody gets in by a link of before.
        rows.update(**bare, name=ERASED, customer=None, secret=new_secret(), first_link=None)
    OrderEvent.objects.filter(order__in=mine).update(note="", detail="")
    Question.objects.filter(person.owned()).delete()
    Piece.objects.filter(held_for=person.user or 0).update(held_for=None)


ERASERS.append(Eraser(under_way, erase))
