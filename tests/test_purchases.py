"""What things were bought for is seen by who writes it down, and found out by nobody else."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from store.models import Item, Piece

pytestmark = pytest.mark.django_db
LIST = reverse("admin:store_piece_changelist")
HOLDS = reverse("admin:bag_hold_changelist")
STOCK_BOOK = reverse("admin:invoices_stock-book")
SEEN = ["12.34", "Estate of Ms Ashdown", "3 February 2021", "2021-02-03"]


@pytest.fixture
def piece(clock: Item) -> Piece:
    bought = {"purchased_from": SEEN[1], "purchased_on": date(2021, 2, 3)}
    Piece.objects.update(purchase_price=Decimal("12.34"), **bought)
    return Piece.objects.get()


def pages_of(client: Client, piece: Piece) -> dict[str, str]:
    addresses = {
        "list": LIST,
        "piece": reverse("admin:store_piece_change", args=[piece.pk]),
        "item": reverse("admin:store_item_change", args=[piece.item_id]),
        "file": reverse("admin:store_item_export"),
    }
    return {name: client.get(address).getvalue().decode() for name, address in addresses.items()}


def test_the_workshop_sees_no_purchases(client: Client, piece: Piece, wren: User) -> None:
    client.force_login(wren)

    for name, page in pages_of(client, piece).items():
        assert piece.stock_number in page, name
        assert [words for words in SEEN if words in page] == [], name


def test_who_writes_them_down_does(client: Client, piece: Piece, sam: User) -> None:
    client.force_login(sam)

    for name, page in pages_of(client, piece).items():
        assert "12.34" in page, name
    assert client.get(STOCK_BOOK).status_code == 200
    assert client.get(f"{LIST}?purchase_price__gte=1").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "purchase_price__gte=1",
        "purchased_from__startswith=E",
        "purchased_on__year=2021",
        "purchase_currency=EUR",
    ],
)
def test_nobody_else_finds_them_out(client: Client, piece: Piece, wren: User, query: str) -> None:
    client.force_login(wren)

    assert client.get(f"{LIST}?{query}").status_code == 400
    # A hold is a piece.
    assert client.get(f"{HOLDS}?{query}").status_code == 400


def test_the_stock_book_is_for_who_writes_it(client: Client, piece: Piece, wren: User) -> None:
    client.force_login(wren)

    assert client.get(STOCK_BOOK).status_code == 403
    assert STOCK_BOOK not in client.get("/admin/invoices/invoice/").text
