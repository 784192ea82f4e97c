import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models.functions import Now

from bag.services import hold_pieces
from repairshop import timer
from store.models import Item, Piece


@pytest.fixture
def lapsed(clock: Item) -> Item:
    """An item whose only piece has been held until a second ago."""
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")
    Piece.objects.filter(item=clock).update(held_until=Now() - timedelta(seconds=1))
    return clock


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two jobs in place of the real ones, of which the first fails; the list tells which ran."""
    ran: list[str] = []

    def fails() -> int:
        ran.append("fails")
        raise RuntimeError("no paper in the printer")

    def works() -> int:
        ran.append("works")
        return 3

    monkeypatch.setattr(timer, "JOBS", [fails, works])
    return ran


@pytest.fixture(autouse=settings.TIMER_BY_TASKS)
def _signals_are_heard_again() -> Iterator[None]:
    """A worker of the engine listens to them; after the test, pytest does again."""
    numbers = signal.SIGINT, signal.SIGTERM, signal.SIGQUIT
    handlers = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, handlers, strict=True):
        signal.signal(number, handler)
