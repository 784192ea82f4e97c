"""The parts of the desk's statement that are kept for a day are those that may be."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from desk.counting import compiled, kept, read
from repairshop.front_desk.rows import ROWS
from store.models import Order, Question

pytestmark = pytest.mark.django_db
PERSONAL = {"tasks", "mails-failed", "mails-waiting"}


def test_what_is_kept_changes_with_the_day(db: None) -> None:
    asked = []

    def rows(user: Any) -> Any:
        asked.append(user)
        return Question.objects.unanswered()

    days = [date(2026, 11, 28), date(2026, 11, 28), date(2026, 11, 29)]
    first, again, next_day = (kept("questions", rows, "asked_at", day) for day in days)

    assert first is again
    assert first == next_day
    assert asked == [None, None]


def test_only_what_is_the_same_for_everybody_is_kept(sam: User, wren: User) -> None:
    for row in ROWS:
        theirs = {compiled(row.name, row.rows(user), row.since) for user in (sam, wren)}
        assert row.is_personal == (row.name in PERSONAL)
        assert row.is_personal or len(theirs) == 1, row.name


def test_what_is_kept_depends_on_no_clock_but_the_databases() -> None:
    # A time of day would be another one the second time.
    for row in ROWS:
        if not row.is_personal:
            twice = [compiled(row.name, row.rows(None), row.since) for _ in range(2)]
            assert twice[0] == twice[1], row.name


def test_of_what_is_known_to_be_nothing_nothing_is_asked(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        assert read([compiled("orders", Order.objects.none(), "")]) == []
