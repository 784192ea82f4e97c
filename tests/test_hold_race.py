"""Fifty shoppers want the last clock. Each promise stands beside a control."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from bag.services import hold_pieces
from store.models import Item, Piece
from store.tests.factories import make_item
from tests.crowd import at_once, meeting
from tests.torture.controls import hold_unguarded

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]

SHOPPERS = 50


def outcomes(
    take: Callable[..., object], item: Item, start: Callable[..., list[Any]] = at_once
) -> Counter[str]:
    """What happens to each of fifty shoppers who want one piece at once."""
    tries = [
        partial(take, item_id=item.pk, quantity=1, bag_key=f"bag {number}")
        for number in range(SHOPPERS)
    ]
    ends = start(tries)
    return Counter(type(end).__name__ if isinstance(end, Exception) else "got it" for end in ends)


def test_one_of_fifty_shoppers_gets_the_last_clock() -> None:
    for _ in range(5):
        clock = make_item()

        assert outcomes(hold_pieces, clock) == {"got it": 1, "NotEnoughAvailable": SHOPPERS - 1}
        assert Piece.objects.held().filter(item=clock).count() == 1


def test_control_check_then_write_oversells() -> None:
    # When this fails, the test above has stopped proving anything.
    all_have_looked = partial(meeting, 'UPDATE "store_piece"')
    assert outcomes(hold_unguarded, make_item(), all_have_looked) == {"got it": SHOPPERS}


def test_seven_straps_go_to_seven_of_fifty_shoppers() -> None:
    for _ in range(3):
        straps = make_item(pieces=7)

        assert outcomes(hold_pieces, straps) == {"got it": 7, "NotEnoughAvailable": SHOPPERS - 7}
