"""Whose data it was is taken from orders that are over; their things and prices stay."""

import re
from collections.abc import Collection, Iterator

from accounts.erasing import (
    ERASERS,
    OF_SHOP,
    Eraser,
    erase_mails,
    hide_in_admin_log,
    is_of_shop,
)
from accounts.models import ERASED, Address, User
from accounts.own_data import accounts
from accounts.personal_data import Person
from accounts.secrets import new_secret
from store.models import (
    Order,
    OrderEvent,
    OrderLine,
    Piece,
    PieceEvent,
    Question,
    ShopProfile,
)
from store.models.event import OF_HOLD_NOW
from store.personal_data import orders


def under_way(person: Person) -> Iterator[str]:
    if is_of_shop(person, ShopProfile.get_solo().email):
        yield str(OF_SHOP)
    for order in orders(person):
        if order.ended_at is None:
            yield str(order)


def erase(person: Person) -> None:
    ordered = OrderLine.objects.filter(order__in=orders(person)).values_list("piece", flat=True)
    forget_words_at(list(ordered))
    forget_words_with(person.email)
    questions = Question.objects.filter(person.owned())
    erase_mails(person, questions, ["store.question_shop", "store.answer"])
    forget_orders([order.pk for order in orders(person) if order.ended_at is not None])
    forget_questions(list(questions.values_list("pk", flat=True)))
    if person.user:
        leave(person.user)


def forget_words_at(pieces: Collection[int]) -> None:
    """What staff have said when they put these aside for somebody who has no account.

    Of whoever waits for one now it stays.
    """
    noted = PieceEvent.objects.with_words().filter(held_for=None, piece__in=pieces)
    noted.exclude(OF_HOLD_NOW).update(note="")


def forget_words_with(email: str) -> None:
    """What they have said with an address in it, as the shop did by itself once."""
    if email:
        named = PieceEvent.objects.with_words().filter(note__icontains=email)
        forget_events([event.pk for event in named if names(email, event.note)])


def names(email: str, text: str) -> bool:
    """Whether a text has this address in it, and not only as a part of another."""
    whole = rf"(?<![\w.+-]){re.escape(email)}(?!\.?[\w-])"
    return re.search(whole, text, re.IGNORECASE) is not None


def forget_events(keys: list[int]) -> None:
    """The words; that it was put aside, until when and by whom stays."""
    PieceEvent.objects.filter(pk__in=keys).update(note="")


def leave(user: User) -> None:
    for each in accounts(Person(user, "")):
        PieceEvent.objects.about(each).update(note="")
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
