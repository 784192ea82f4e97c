"""Nobody binds more than a little without paying for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from bag.reservations import reserve_piece
from invoices.payments.card import open_attempt
from invoices.tests.test_checkout import form_of, put_in_bag
from store.models import Item, Order, Piece
from store.tests.factories import make_item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

REFUSED = "You have ordered as much as we keep for you unpaid."


def order(client: Client, price: int = 100, pieces: int = 1, **changes: Any) -> str:
    """Put a new thing in the bag and order it; return the page that follows."""
    put_in_bag(client, make_item(price=price, pieces=pieces), pieces)
    answer = client.post("/checkout/", {**form_of(client), **changes}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_fourth_order_of_one_person_is_to_be_paid_first(client: Client) -> None:
    for _ in range(3):
        assert REFUSED not in order(client)
    page = order(client, note="For my sister", email="ANN@example.com")

    assert REFUSED in page
    # Beside the way of paying, and with all that was typed.
    assert "For my sister" in page
    assert page.index(REFUSED) > page.index("How do you pay?")
    assert Order.objects.count() == 3
    assert Piece.objects.filter(order=None).get().held_by


@pytest.mark.parametrize(
    ("first", "then"), [("ann+1", "ann+2"), ("ann+1", "ann"), ("ann", "Ann+1")]
)
def test_labels_of_a_mailbox_are_one_person(
    client: Client, settings: Settings, first: str, then: str
) -> None:
    settings.UNPAID_ORDERS = 1

    assert REFUSED not in order(client, email=f"{first}@example.com")
    assert REFUSED not in order(client, email="anna@example.com")
    assert REFUSED in order(client, email=f"{then}@example.com")


def test_what_is_paid_or_cancelled_makes_room(client: Client) -> None:
    for _ in range(3):
        order(client)
    Order.objects.filter(pk=Order.objects.all()[0].pk).update(paid_at=timezone.now())
    assert REFUSED not in order(client)
    assert REFUSED in order(client)
    last = Order.objects.latest("pk")
    client.post(f"/orders/{last.secret}/cancel/")

    page = client.post("/checkout/", form_of(client), follow=True).content.decode()
    assert REFUSED not in page


@pytest.mark.parametrize(("price", "pieces", "refused"), [(9000, 1, False), (2501, 2, True)])
def test_one_thing_may_cost_what_it_costs_and_several_only_so_much(
    client: Client, price: int, pieces: int, refused: bool
) -> None:
    assert (REFUSED in order(client, price, pieces)) is refused


def test_all_that_one_person_has_bound_counts_together(client: Client) -> None:
    assert REFUSED not in order(client, 2500)
    assert REFUSED not in order(client, 2500)
    assert REFUSED in order(client, 1)


def test_an_account_counts_whatever_address_is_given(client: Client, alice: User) -> None:
    client.force_login(alice)
    for number in range(3):
        assert REFUSED not in order(client, email=f"alice{number}@example.com")

    assert REFUSED in order(client, email="alice9@example.com")


def test_one_network_has_room_for_three_people(settings: Settings) -> None:
    settings.UNPAID_ORDERS = 1
    visitors = [Client(REMOTE_ADDR=f"2003:e7:1::{number}") for number in range(4)]
    pages = [order(each, email=f"ann{n}@example.com") for n, each in enumerate(visitors)]
    elsewhere = order(Client(REMOTE_ADDR="2003:e7:1:1::1"), email="ben@example.com")

    assert [REFUSED in page for page in pages] == [False, False, False, True]
    assert REFUSED not in elsewhere
    # No address is kept, only what tells whether it is the same one.
    assert not Order.objects.filter(placed_from__contains=":").exists()


def test_a_proxy_that_nobody_has_counted_does_not_shut_the_shop(settings: Settings) -> None:
    settings.UNPAID_ORDERS = 1
    for number in range(5):
        page = order(Client(REMOTE_ADDR="10.0.0.1"), email=f"ann{number}@example.com")
        assert REFUSED not in page


@pytest.fixture
def kept(client: Client, alice: User, sam: User) -> Item:
    """In the bag of alice, for whom staff have reserved it."""
    client.force_login(alice)
    chair = make_item(price=4950)
    until = timezone.now() + timedelta(days=1)
    piece = chair.pieces.get()
    reserve_piece(piece=piece, until=until, customer=alice, actor=sam, reason="By phone")
    client.post(f"/bag/claim/{chair.pk}/")
    return chair


def test_what_staff_keep_for_somebody_is_not_bounded(
    client: Client, kept: Item, settings: Settings
) -> None:
    settings.UNPAID_ORDERS, settings.CONFIRM_MINUTES = 1, 60
    User.objects.update(email_checked_at=None)
    page = client.post("/checkout/", form_of(client), follow=True).content.decode()

    assert REFUSED not in page
    assert not Order.objects.get().is_unconfirmed
    # It takes no room of other things, neither.
    assert REFUSED not in order(client)
    assert Order.objects.count() == 2
    assert REFUSED in order(client)


@pytest.mark.parametrize(("price", "limit", "refused"), [(100, 0, True), (5001, 1, False)])
def test_what_lies_beside_a_thing_that_staff_keep_is_bounded(
    client: Client, kept: Item, settings: Settings, price: int, limit: int, refused: bool
) -> None:
    settings.UNPAID_ORDERS, settings.CONFIRM_MINUTES = limit, 60

    assert (REFUSED in order(client, price)) is refused
    # The address is ann's, of whom nothing is known.
    assert all(each.is_unconfirmed for each in Order.objects.all())


def test_a_card_order_cannot_become_a_promise_too_many(client: Client, settings: Settings) -> None:
    for _ in range(3):
        order(client)
    first = Order.objects.order_by("pk")[0]
    Order.objects.filter(pk=first.pk).update(payment_method="card")
    open_attempt(invoice_id=first.invoice.pk, site="https://shop.example.com")
    assert REFUSED not in order(client)

    answer = client.post(f"/orders/{first.secret}/pay-otherwise/", {"payment_method": "transfer"})

    assert REFUSED in answer.content.decode()
    assert Order.objects.get(pk=first.pk).payment_method == "card"
    # Whoever is refused has the pay page still, and no new hour for another one.
    assert first.invoice.attempts.live().exists()


@pytest.mark.postgresql
def test_orders_of_one_person_wait_for_each_other(client: Client) -> None:
    put_in_bag(client, make_item())
    form = form_of(client)
    with CaptureQueriesContext(connection) as queries:
        client.post("/checkout/", form)

    asked = [query["sql"] for query in queries]
    turn = next(n for n, sql in enumerate(asked) if "unpaid ann@example.com" in sql)
    assert "pg_advisory_xact_lock" in asked[turn]
    # What counts orders has ended its own transaction by then.
    before = [sql for sql in asked[:turn] if "bag_allowance" not in sql]
    assert not [sql for sql in before if "FOR UPDATE" in sql or "INSERT INTO" in sql]
