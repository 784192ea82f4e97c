from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from store.history import Kind, record_events
from store.models import Item, Order, Piece
from store.services import return_pieces, withdraw_pieces
from store.tests.admin_steps import change, hold
from store.tests.csv_files import load, own_csv
from store.tests.factories import make_item, make_order


def page_of(piece: Piece) -> str:
    return reverse("admin:store_piece_change", args=[piece.pk])


def events_of(piece: Piece) -> str:
    return reverse("admin:store_piece_events", args=[piece.pk])


def write(kind: Kind, times: int = 1, **fields: object) -> None:
    for _ in range(times):
        record_events(Piece.objects.all(), kind, **fields)  # type: ignore[arg-type]


def rows(client: Client, address: str) -> list[tuple[str, ...]]:
    """What, who, and note of each line of a history."""
    lines = client.get(address).context["timeline"].rows
    return [(line.what, str(line.who), str(line.note)) for line in lines]


def test_the_latest_comes_first_and_says_who_and_why(shop: Client, clock: Item, sam: User) -> None:
    write(Kind.HELD)
    write(Kind.LAPSED)
    write(Kind.RESERVED, actor=sam, note="Rang up")

    (what, who, note), *before = rows(shop, page_of(clock.pieces.get()))

    assert (what, note) == ("reserved by staff", "Rang up")
    assert "Sam (sam@example.com)" in who
    assert before == [
        ("time ran out", "by itself", ""),
        ("into a bag", "a visitor", ""),
        ("came in", "–", ""),
    ]


def test_notes_are_never_markup(shop: Client, clock: Item, sam: User) -> None:
    write(Kind.RESERVED, actor=sam, note="<b>Ms Blue</b>")

    page = shop.get(page_of(clock.pieces.get())).content.decode()

    assert "&lt;b&gt;Ms Blue&lt;/b&gt;" in page


def test_orders_are_links(shop: Client, clock: Item) -> None:
    order = make_order(clock)
    write(Kind.ORDERED, note=str(order))

    (_, _, note), *_ = rows(shop, page_of(clock.pieces.get()))

    address = reverse("admin:store_order_change", args=[order.pk])
    assert note == f'<a href="{address}">{order}</a>'
    assert Order.objects.count() == 1


def test_the_end_is_shown_of_what_lasts_only(shop: Client, clock: Item) -> None:
    hold(clock.pieces.get())
    write(Kind.HELD)
    write(Kind.RELEASED)

    released, held, arrived = shop.get(page_of(clock.pieces.get())).context["timeline"].rows

    assert released.until is arrived.until is None
    assert held.until - timezone.now() < timedelta(minutes=16)


def test_fifty_events_are_shown_and_the_others_are_a_link_away(shop: Client, clock: Item) -> None:
    piece = clock.pieces.get()
    write(Kind.RENEWED, 49)
    assert events_of(piece) not in shop.get(page_of(piece)).content.decode()

    write(Kind.RENEWED, 200)

    assert len(rows(shop, page_of(piece))) == 50
    assert events_of(piece) in shop.get(page_of(piece)).content.decode()
    assert len(rows(shop, events_of(piece))) == 200
    assert rows(shop, events_of(piece) + "?page=2")[-1][0] == "came in"


def test_a_long_history_costs_as_much_as_a_short_one(
    shop: Client, clock: Item, sam: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_order(clock)
    write(Kind.ORDERED, 60, actor=sam, note=str(order))
    piece = clock.pieces.get()
    shop.get(page_of(piece))

    with django_assert_max_num_queries(9):
        assert shop.get(page_of(piece)).content.decode().count(">ordered<") == 50


def test_an_item_leads_to_the_history_of_each_piece(shop: Client) -> None:
    item = make_item(pieces=2)

    page = shop.get(reverse("admin:store_item_change", args=[item.pk])).content.decode()

    for piece in item.pieces.all():
        assert f'<a href="{page_of(piece)}" aria-label="History {piece}">History</a>' in page


def test_the_workshop_reads_the_history_too(client: Client, clock: Item, wren: User) -> None:
    client.force_login(wren)
    piece = clock.pieces.get()

    for address in (page_of(piece), events_of(piece)):
        assert rows(client, address) == [("came in", "–", "")]


def test_customers_and_visitors_do_not(client: Client, clock: Item, alice: User) -> None:
    address = events_of(clock.pieces.get())
    for _ in range(2):
        assert client.get(address).headers["Location"].startswith(reverse("admin:login"))
        client.force_login(alice)


def test_the_history_is_not_written_by_hand(shop: Client, clock: Item) -> None:
    assert shop.post(events_of(clock.pieces.get())).status_code == 405


def test_pieces_that_come_with_the_items_form_are_recorded(shop: Client, clock: Item) -> None:
    change(shop, clock, quantity="2", first_number="X1")

    for piece in clock.pieces.all():
        assert [event.kind for event in piece.events.all()] == ["in"]


def test_pieces_that_are_imported_are_recorded_once(db: None) -> None:
    for _ in range(2):
        load(own_csv({"stock_number": "B1"}, {"stock_number": "B2", "title": "Jug"}))

    for piece in Piece.objects.all():
        assert [event.kind for event in piece.events.all()] == ["in"]


@pytest.mark.on_both
def test_only_what_is_really_withdrawn_says_so(sam: User) -> None:
    available, taken = make_item(pieces=2).pieces.all()
    hold(taken)
    lapsed = make_item().pieces.get()
    hold(lapsed)
    Piece.objects.filter(pk=lapsed.pk).update(held_until=Now())

    withdraw_pieces([available, taken, lapsed], actor=sam)
    return_pieces([available, taken, lapsed], actor=sam)

    def kinds(piece: Piece) -> list[str]:
        return [event.kind for event in piece.events.order_by("pk")]

    assert kinds(available) == ["in", "withdrawn", "returned"]
    assert kinds(taken) == ["in"]
    assert kinds(lapsed) == ["in", "lapsed", "withdrawn", "returned"]
