"""What guests with a bag are given of what is kept for everybody is what is made for them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bag.models import WaitlistEntry
from bag.services import hold_pieces
from bag.session import SAVED
from bag.waitlist.services import advance_waitlists, join_waitlist
from invoices.orders.waiting import UNPAID_ORDERS
from repairshop.cookies import MESSAGES
from store.models import Item, Piece, ShopProfile
from store.page_cache.pages import EXPAND
from store.shipping.choice import SEND_TO
from store.tests.factories import make_item
from tests.pages_made_anew import get, is_filled_in, seen

pytestmark = [
    pytest.mark.on_both,
    pytest.mark.many_acts,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
LIST, GERMAN_LIST = "/store/", "/de/store/"


@pytest.fixture
def lamp() -> Item:
    ShopProfile.get_solo()
    ShopProfile.objects.update(further_languages=["de"])
    return make_item(title="Lamp")


@pytest.fixture
def vase(lamp: Item) -> Item:
    return make_item(title="Vase", category=lamp.category)


@pytest.fixture
def guest(vase: Item) -> Client:
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.post(f"/bag/add/{vase.pk}/")
    # What was said is read, and its cookie gone from a browser.
    browser.get("/bag/")
    browser.cookies.pop(MESSAGES, None)
    return browser


def made_anew(guest: Client, path: str) -> Any:
    """For the same guest, to whom something may have to be said."""
    guest.cookies[MESSAGES] = "x"
    page = guest.get(path)
    del guest.cookies[MESSAGES]
    return page


def is_from_memory(guest: Client, path: str) -> bool:
    return is_filled_in(guest.get(path))


def test_asked_are_session_bag_and_what_has_changed(lamp: Item, guest: Client) -> None:
    """SQLite also for its version."""
    for _ in range(3):
        guest.get(LIST)

    with CaptureQueriesContext(connection) as asked:
        guest.get(LIST)
    assert len(asked) == (3 if connection.vendor == "postgresql" else 4)


def paths_of(lamp: Item) -> list[str]:
    return ["/", LIST, GERMAN_LIST, lamp.category.get_absolute_url(), lamp.get_absolute_url()]


def test_a_guest_is_given_the_page_with_what_is_theirs(lamp: Item, guest: Client) -> None:
    for path in paths_of(lamp):
        for _ in range(3):
            page = guest.get(path)

        assert is_from_memory(guest, path), path
        anew = made_anew(guest, path)
        assert seen(page) == seen(anew)
        assert ">1</span>" in page.text
        assert "data-seconds-left" in page.text
        ours, others = (dict(each.headers) for each in (page, anew))
        for headers in (ours, others):
            # One form of a thing needs no token here.
            del headers["X-Request-ID"], headers["Content-Length"]
        assert ours == others


@pytest.mark.parametrize("coding", [*EXPAND])
def test_it_is_compressed_for_whom_takes_that(lamp: Item, guest: Client, coding: str) -> None:
    for _ in range(3):
        page = guest.get(LIST, headers={"Accept-Encoding": coding})

    assert is_filled_in(page)
    assert page.headers["Content-Encoding"] == coding
    assert len(page.content) == int(page.headers["Content-Length"])
    assert ">1</span>" in EXPAND[coding](page.content).decode()


def test_what_guests_ask_for_is_kept_for_strangers(lamp: Item, guest: Client) -> None:
    for _ in range(2):
        guest.get(LIST)

    page = get(LIST)
    assert not page.templates
    assert "data-seconds-left" not in page.text
    assert ">1</span>" not in page.text


def put(**values: object) -> Callable[[Client, Item], None]:
    """Write into the guest's session."""

    def write(guest: Client, lamp: Item) -> None:
        session = guest.session
        session.update(values)
        session.save()

    return write


def log_in(guest: Client, lamp: Item) -> None:
    guest.force_login(User.objects.create_user(email="ann@example.com"))


def save(guest: Client, lamp: Item) -> None:
    put(**{SAVED: [lamp.pk]})(guest, lamp)


def offer(guest: Client, lamp: Item) -> None:
    """It is the guest's turn for something else."""
    vase = make_item(title="Jug", category=lamp.category)
    hold_pieces(item_id=vase.pk, quantity=1, bag_key="b" * 64)
    join_waitlist(
        item=vase,
        bag_key=guest.session["bag"]["key"],
        email="ann@example.com",
        customer=None,
        address="192.0.2.1",
        site="http://testserver",
    )
    Piece.objects.filter(item=vase).update(held_until=timezone.now() - timedelta(seconds=1))
    advance_waitlists()
    assert WaitlistEntry.objects.offered().exists()


@pytest.mark.parametrize(
    "become",
    [
        log_in,
        save,
        offer,
        put(**{SEND_TO: "FR"}),
        put(**{UNPAID_ORDERS: ["x"]}),
        put(anything=1),
    ],
    ids=["account", "saved", "turn", "country", "unpaid", "else"],
)
def test_of_whom_more_is_known_has_a_page_made(
    lamp: Item, guest: Client, become: Callable[[Client, Item], None]
) -> None:
    for _ in range(3):
        guest.get(LIST)
    assert is_from_memory(guest, LIST)

    become(guest, lamp)

    guest.get(LIST)
    assert not is_from_memory(guest, LIST)
    assert seen(guest.get(LIST)) == seen(made_anew(guest, LIST))


def test_what_is_saved_elsewhere_is_only_counted(lamp: Item, guest: Client) -> None:
    other = make_item(title="Jug", published=False)
    put(**{SAVED: [other.pk]})(guest, lamp)
    for _ in range(3):
        page = guest.get(LIST)

    assert is_from_memory(guest, LIST)
    assert "1 saved thing" in page.text
    assert seen(page) == seen(made_anew(guest, LIST))


def test_a_hold_that_has_ended_is_counted_no_more(lamp: Item, guest: Client) -> None:
    for _ in range(3):
        guest.get(LIST)
    past = timezone.now() - timedelta(seconds=1)
    Piece.objects.filter(held_until__isnull=False).update(held_until=past)

    for _ in range(2):
        page = guest.get(LIST)
        assert ">1</span>" not in page.text
        assert seen(page) == seen(made_anew(guest, LIST))
    assert is_from_memory(guest, LIST)


def test_who_comes_with_a_session_that_is_none_is_a_stranger(lamp: Item, guest: Client) -> None:
    for _ in range(3):
        guest.get(LIST)
    guest.session.delete()

    assert ">1</span>" not in guest.get(LIST).text
    assert not is_from_memory(guest, LIST)


def test_there_is_one_place_for_what_is_put_in(lamp: Item, guest: Client) -> None:
    """Were there none, the page would be that of a stranger."""
    for path in paths_of(lamp):
        page = get(path).text
        assert page.count('class="bag-link"') == 1
        assert page.count("\n    </body>") == 1
