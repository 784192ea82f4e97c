"""What a search may cost, however it is worded: one client must not be the end of all pages."""

from collections.abc import Iterator
from threading import Thread
from time import monotonic

import pytest
from django.test import Client
from django.urls import reverse

from outside.heavy import NoRoom, Room, heavy_work, searches
from store.catalogue_filter import Choices
from store.paging import page_statement
from store.search.asking import MOST_WORDS
from store.tests.factories import make_item

LIST, FRONT = reverse("store:list"), reverse("store:front")
SUGGESTIONS = reverse("store:suggestions")
MANY_WORDS = " ".join(["women", "shelves", "knives", "armchairs"] * (MOST_WORDS // 4))


def fill(room: Room) -> Iterator[None]:
    """As much of it is under way as may be, and has been for long."""
    places = [object() for _ in range(room.threads)]
    for place in places:
        room.enter(place, 0)
        room.begun[place] = 0
    yield
    for place in places:
        room.leave(place)
    room.was_quick = True


@pytest.fixture
def _others_search() -> Iterator[None]:
    yield from fill(searches)


@pytest.fixture
def _photos_are_read() -> Iterator[None]:
    yield from fill(heavy_work)


@pytest.mark.django_db
@pytest.mark.usefixtures("_others_search")
@pytest.mark.parametrize("address", [f"{LIST}?q=clock", f"{SUGGESTIONS}?q=clock"])
def test_searches_leave_threads_for_other_pages(client: Client, address: str) -> None:
    busy = client.get(address)

    assert (busy.status_code, busy["Retry-After"]) == (503, "30")
    others = [FRONT, LIST, f"{LIST}?price_from=1", f"{LIST}?q=", SUGGESTIONS]
    assert {client.get(other).status_code for other in others} == {200}


@pytest.mark.django_db
@pytest.mark.usefixtures("_photos_are_read")
def test_no_search_waits_for_photos(client: Client) -> None:
    make_item(title="Clock")

    assert "Clock" in client.get(f"{LIST}?q=clock").text


def test_one_search_waits_for_a_place_and_the_next_is_refused_at_once() -> None:
    places = [object() for _ in range(searches.threads)]
    for place in places:
        searches.enter(place, 0)
    found: list[str] = []

    def search() -> None:
        with searches.place():
            found.append("its place")

    waiting = Thread(target=search)
    waiting.start()
    while waiting.is_alive() and not searches.waiting:
        waiting.join(0.01)
    began = monotonic()
    with pytest.raises(NoRoom), searches.place():
        found.append("too many")
    refused_after = monotonic() - began
    for place in places:
        searches.leave(place)
    waiting.join()

    assert found == ["its place"]
    assert refused_after < searches.seconds / 2
    assert (searches.waiting, len(searches.own)) == (0, 0)


@pytest.mark.on_both
@pytest.mark.django_db
def test_the_text_of_a_thing_is_put_together_once_however_many_words_are_asked_for() -> None:
    """Each time more would be a look at the whole text of each of up to 2,000 things."""
    _reader, sql, _params = page_statement(Choices(q=MANY_WORDS), 1)

    assert sql.count('"search_text"') == 1
