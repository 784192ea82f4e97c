from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from bag.services import hold_pieces
from repairshop.models import Heartbeat
from store.models import Item, Piece

pytestmark = pytest.mark.on_both


def test_it_says_how_many_holds_it_released(
    clock: Item, capsys: pytest.CaptureFixture[str]
) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")
    Piece.objects.update(held_until=Now() - timedelta(seconds=1))

    call_command("release_holds")
    call_command("release_holds")

    assert capsys.readouterr().out == "1 hold released.\n0 holds released.\n"


def test_it_leaves_holds_alone_that_still_run(clock: Item) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")

    call_command("release_holds")

    assert Piece.objects.get().held_by == "alice"
    assert not Heartbeat.objects.exists()
