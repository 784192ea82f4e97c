from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from store.models import Order, OrderLine
from store.tests.factories import make_item

ORDERS = reverse("store:order-list")


def make_order(customer: User | None, **fields: Any) -> Order:
    """An order of one thing for 120.00, sent for 9.90."""
    order = Order.objects.create(
        customer=customer,
        name="Alice",
        email="alice@example.com",
        delivery=Order.Delivery.SHIP,
        payment_method=Order.PaymentMethod.TRANSFER,
        payment_due_at=timezone.now(),
        **{"bag_key": "k", "checkout_number": Order.objects.count(), **fields},
    )
    piece = make_item().pieces.get()
    OrderLine.objects.create(
        order=order, piece=piece, title="Clock", price="120.00", shipping="9.90"
    )
    return order


@pytest.fixture
def logged_in(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_own_orders_are_listed_newest_first(logged_in: Client, alice: User) -> None:
    first, second = make_order(alice), make_order(alice, state=Order.State.SHIPPED)
    answer = logged_in.get(ORDERS)

    assert list(answer.context["orders"]) == [second, first]
    assert f'href="{first.get_absolute_url()}"' in answer.text
    assert "On its way to you" in answer.text
    assert "€129.90" in answer.text


def test_orders_of_others_and_of_guests_are_not(logged_in: Client, bob: User) -> None:
    make_order(bob)
    make_order(None)

    assert "You have not ordered anything" in logged_in.get(ORDERS).text


def test_strangers_are_asked_to_log_in(client: Client, db: None) -> None:
    login = reverse("accounts:login")
    assert client.get(ORDERS).headers["Location"] == f"{login}?next={ORDERS}"


def test_other_methods_are_refused(logged_in: Client) -> None:
    assert logged_in.post(ORDERS).status_code == 405


def test_many_orders_come_in_pages(
    logged_in: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(21):
        make_order(alice)
    logged_in.get(ORDERS)  # The header's queries are cached from now on.
    with django_assert_max_num_queries(6):
        first = logged_in.get(ORDERS)
    second = logged_in.get(ORDERS, {"page": "2"})

    assert 'href="?page=2"' in first.text
    assert [len(page.context["orders"]) for page in (first, second)] == [20, 1]


@pytest.mark.parametrize("page", ["0", "3", "x", "\0", "9" * 500])
def test_pages_that_are_not_there_are_not_found(logged_in: Client, page: str) -> None:
    assert logged_in.get(ORDERS, {"page": page}).status_code == 404
