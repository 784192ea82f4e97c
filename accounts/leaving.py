"""What colleagues leave behind: apps above say what work is whose, and who may take it."""

from collections.abc import Callable
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.models import User


class Work(NamedTuple):
    # How much of it is a person's now.
    count: Callable[[User], int]
    # Gives it from one person to another, or to nobody; the third does it.
    hand_over: Callable[[User, User | None, User], None]
    takers: Callable[[], QuerySet[User]]


WORK: list[Work] = []


def work_of(person: User) -> int:
    return sum(work.count(person) for work in WORK)


def hand_over(person: User, taker: User | None, actor: User) -> None:
    for work in WORK:
        work.hand_over(person, taker, actor)


def takers_for(person: User) -> list[User]:
    found = {taker.pk: taker for work in WORK for taker in work.takers()}
    return [taker for taker in found.values() if taker != person]
