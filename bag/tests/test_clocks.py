"""The clock of a web process may be wrong: what counts is the database's."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from bag.exceptions import RateLimitExceeded
from bag.rate_limit import consume
from bag.services import hold_pieces, release_lapsed_holds, renew_holds
from store.models import Item, Piece
from store.tests.time import let_holds_lapse, let_pass

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

MINUTE = timedelta(minutes=1)
SEVEN_AN_HOUR = 7

true_now = timezone.now


@pytest.fixture(autouse=True, params=[-1, 1], ids=["slow", "fast"])
def _wrong_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is a day behind, or ahead."""
    monkeypatch.setattr(timezone, "now", lambda: true_now() + timedelta(days=request.param))


def hold(item: Item, bag_key: str = "alice") -> None:
    hold_pieces(item_id=item.pk, quantity=1, bag_key=bag_key)


def test_a_hold_begins_now_and_counts_at_once(clock: Item) -> None:
    hold(clock)

    piece = Piece.objects.held_by("alice").get()
    assert piece.held_since and piece.held_until  # noqa: PT018
    assert abs(piece.held_since - true_now()) < MINUTE
    assert piece.held_until - piece.held_since == settings.HOLD_FOR


def test_it_counts_until_its_time_is_up_and_no_longer(clock: Item) -> None:
    hold(clock)
    let_pass(settings.HOLD_FOR - MINUTE)
    assert Piece.objects.held_by("alice").count() == 1

    let_pass(MINUTE)
    assert Piece.objects.available().count() == 1
    assert not Piece.objects.held().exists()


def test_only_what_has_lapsed_is_tidied(clock: Item) -> None:
    hold(clock)
    assert release_lapsed_holds() == 0

    let_holds_lapse()
    assert release_lapsed_holds() == 1


def test_renewing_gives_the_hold_time_from_now(clock: Item) -> None:
    hold(clock)
    let_pass(10 * MINUTE)
    renew_holds(bag_key="alice")

    until = Piece.objects.get().held_until
    assert until
    assert abs(until - true_now() - settings.HOLD_FOR) < MINUTE


def test_as_much_as_is_allowed_may_be_taken(db: None) -> None:
    for _ in range(SEVEN_AN_HOUR):
        consume("ann", 1, limit=SEVEN_AN_HOUR)

    with pytest.raises(RateLimitExceeded):
        consume("ann", 1, limit=SEVEN_AN_HOUR)
