"""Who may wait for a thing, and in how many lines."""

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from bag.exceptions import LineFull, NoLine, TooManyTakes, WantsNoMail
from bag.line import (
    leave_line,
    unsubscribe,
)
from bag.models import PlaceInLine
from bag.tests.factories import free_and_serve, join, make_held_item, standing
from store.models import Item, Piece
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

State = PlaceInLine.State


def test_joining_twice_keeps_the_place(vase: Item) -> None:
    ann = join(vase, "ann")
    join(vase, "ben")

    assert join(vase, "ann") == ann
    assert join(vase, "ann", email="ANN@Example.com ", bag_key="another device") == ann


def test_one_bag_has_one_place_whatever_addresses_it_gives(vase: Item) -> None:
    ann = join(vase, "ann")

    assert join(vase, "another", bag_key="ann") == ann


def test_who_missed_the_turn_joins_at_the_end(vase: Item) -> None:
    ann = join(vase, "ann")
    join(vase, "ben")
    free_and_serve()
    free_and_serve()

    again = join(vase, "ann")
    assert again != ann
    assert standing(again) == (State.WAITING, 1)


def test_there_is_no_line_for_what_is_free_sold_or_ones_own(vase: Item) -> None:
    free, gone = make_item(), make_item(pieces=0)

    for item, name in [(free, "ann"), (gone, "ann"), (vase, "holder")]:
        with pytest.raises(NoLine):
            join(item, name)


def test_a_line_may_be_joined_while_what_is_free_is_spoken_for(vase: Item) -> None:
    join(vase, "ann")
    let_holds_lapse()

    assert standing(join(vase, "ben")) == (State.WAITING, 2)


def test_a_visitor_is_in_few_lines_at_once(settings: Settings) -> None:
    settings.LINE_LIMIT = 2
    for _ in range(2):
        join(make_held_item(), "ann")

    with pytest.raises(LineFull) as refusal:
        join(make_held_item(), "ann")
    assert refusal.value.limit == 2


def test_other_addresses_do_not_help_a_visitor_into_more_lines(settings: Settings) -> None:
    settings.LINE_LIMIT = 1
    join(make_held_item(), "ann")

    with pytest.raises(LineFull):
        join(make_held_item(), "other", bag_key="ann")


def test_a_place_left_makes_room_for_another(settings: Settings) -> None:
    settings.LINE_LIMIT = 1
    leave_line(place=join(make_held_item(), "ann"))

    assert join(make_held_item(), "ann").pk


def test_an_address_of_the_network_joins_so_many_lines_an_hour(settings: Settings) -> None:
    settings.LINE_LIMIT = 1
    for number in range(4):
        join(make_held_item(), f"bot{number}", address="192.0.2.1")

    with pytest.raises(TooManyTakes):
        join(make_held_item(), "bot", address="192.0.2.1")
    assert join(make_held_item(), "ann", address="192.0.2.2").pk


def test_who_unsubscribed_leaves_every_line_and_is_not_put_into_one(vase: Item) -> None:
    lamp = make_held_item()
    places = [join(vase, "ann"), join(lamp, "ann")]
    unsubscribe(place=places[0])

    assert [standing(place)[0] for place in places] == [State.LEFT, State.LEFT]
    with pytest.raises(WantsNoMail):
        join(vase, "ann", bag_key="stranger")


def test_who_unsubscribed_comes_back_by_the_account(vase: Item, alice: User) -> None:
    unsubscribe(place=join(vase, "alice"))

    assert join(vase, "alice", customer=alice).pk
    assert join(make_held_item(), "alice").pk


def test_unsubscribing_gives_back_what_is_offered(vase: Item) -> None:
    ann = join(vase, "ann")
    free_and_serve()
    unsubscribe(place=ann)

    assert Piece.objects.free().count() == 1
