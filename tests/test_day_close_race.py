"""Money is recorded while somebody closes the day: it is in one close, and in its figures."""

from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

import pytest

from accounts.models import User
from invoices.day_close.closing import close_day, draft_of
from invoices.day_close.figures import Taking, open_day, takings_of, takings_of_close
from invoices.exceptions import DayMovedOn
from invoices.models import DayClose, Payment
from invoices.tests.close_steps import close, signed, take
from tests.crowd import at_once, just_before

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
MARK = 'UPDATE "invoices_payment"'
ROUNDS = 4


def figures_of(made: DayClose) -> tuple[list[Taking], list[Taking]]:
    """What a close says, and what the payments that it covers add up to."""
    return takings_of_close(made), takings_of(made.payments.all())


def test_each_payment_is_in_one_close_whose_figures_have_it(sam: User) -> None:
    for number in range(ROUNDS):
        sales: list[Any] = [partial(take, amount) for amount in ("5", "7", str(number + 1))]
        ends = at_once([*sales, *[partial(close, sam)] * 2])
        assert [end for end in ends if isinstance(end, Exception)] == [
            end for end in ends if isinstance(end, DayMovedOn)
        ]
    close(sam)

    made = list(DayClose.objects.order_by("number"))
    assert [each.number for each in made] == list(range(1, len(made) + 1))
    assert all(said == covered for said, covered in map(figures_of, made))
    covered = chain.from_iterable(each.payments.all() for each in made)
    assert {*covered} == {*Payment.objects.all()}


def test_what_comes_between_counting_and_marking_is_in_the_next_close(sam: User) -> None:
    take("120")
    with just_before(MARK, lambda: at_once([partial(take, "5")])):
        first = close(sam)

    said, covered = figures_of(first)
    assert said == covered
    assert (first.cash, close(sam).cash) == (Decimal(120), Decimal(5))


def close_unguarded(sam: User) -> DayClose:
    """Count up what is open, and then mark what is open."""
    day = open_day()
    made = draft_of(day, signed(), sam)
    made.pdf = b""
    made.save(force_insert=True)
    Payment.objects.to_be_closed().update(close=made, to_close=False)
    return made


def test_control_counting_and_marking_apart_loses_money(sam: User) -> None:
    # When this fails, the test above has stopped proving anything.
    take("120")
    with just_before(MARK, lambda: at_once([partial(take, "5")])):
        first = close_unguarded(sam)

    said, covered = figures_of(first)
    assert said != covered
    assert close(sam).cash == 0


def test_of_several_who_close_at_once_one_does(sam: User) -> None:
    take("120")
    ends = at_once([partial(close_day, signed("120"), actor=sam) for _ in range(4)])

    assert sum(isinstance(end, DayClose) for end in ends) == 1
    assert sum(isinstance(end, DayMovedOn) for end in ends) == 3
    assert DayClose.objects.get().number == 1


def test_clicks_at_once_close_one_day(sam: User) -> None:
    take("120")
    sent = signed("120")
    ends = at_once([partial(close_day, sent, actor=sam)] * 4)

    assert {*ends} == {DayClose.objects.get()}
