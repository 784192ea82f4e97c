"""The search in the header of every page of the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.groups import MANAGERS
from accounts.models import Customer, User
from accounts.tests.factories import make_staff, make_user
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from repairs_restorals.tests.factories import make_ticket
from store.bin import bin_items
from store.models import Order, Piece
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_staff("mary@example.com", group=MANAGERS))
    return client


def found(client: Client, term: str) -> dict[str, list[str]]:
    """The titles of what is found, by group."""
    answer = client.get("/admin/search/", {"q": term})
    assert answer.status_code == 200
    return {group.label: [hit.title for hit in group.hits] for group in answer.context["groups"]}


def test_a_printed_number_finds_that_order_and_no_other(manager: Client) -> None:
    orders = [make_order(make_item()) for _ in range(8)]
    for order in orders:
        bill_order(order)
    third = orders[2].reference

    assert found(manager, third) == {"Orders": [third], "Invoices": [f"Draft {third}"]}
    assert found(manager, third.lower()) == found(manager, third)
    assert found(manager, str(orders[2].pk))["Orders"][0] == third


@pytest.mark.parametrize(
    "typed", ["+49 30 555777", "030 555-777", "0049 (0)30 / 555 777", "030555777"]
)
@pytest.mark.parametrize("stored", ["030 555-777", "+49 30 555777", "+49 (0) 30/555.777"])
def test_a_phone_is_found_in_any_spelling(manager: Client, typed: str, stored: str) -> None:
    order = make_order(make_item(), phone=stored)
    make_order(make_item(), phone="030 555-778")
    dora = make_user("dora@example.com")
    Customer.objects.filter(user=dora).update(phone=stored)
    ticket = make_ticket(dora)

    assert found(manager, typed) == {
        "Orders": [order.reference],
        "Tickets": [str(ticket)],
        "People": ["Dora"],
    }


def test_everything_that_names_somebody_is_grouped_with_its_state(manager: Client) -> None:
    dora = make_user("dora@example.com", name="Dora Quell")
    order = make_order(make_item(title="Vase"), name="Dora Quell", paid=True)
    invoice = issue(invoice_id=bill_order(order).pk)
    ticket = make_ticket(dora, status="ready")

    titles = found(manager, "quell")
    assert titles == {
        "Orders": [order.reference],
        "Invoices": [f"Draft {ticket.reference}", invoice.number],
        "Tickets": [str(ticket)],
        "People": ["Dora Quell"],
    }
    assert found(manager, "dora@example.com")["People"] == ["Dora Quell"]
    page = manager.get("/admin/search/", {"q": "quell"}).text
    for state in ("open", "to be paid", "ready to collect", "customer"):
        assert f'"desk__state">{state}<' in page
    assert f'href="/admin/store/order/{order.pk}/change/"' in page


def test_things_are_found_by_title_stock_number_and_serial_number(manager: Client) -> None:
    item = make_item(title="Concertina in rosewood")
    Piece.objects.filter(item=item).update(stock_number="K-77", serial_number="LA-19034")
    ticket = make_ticket(serial_number="LA-19034")

    assert found(manager, "concertina")["Things"] == ["Concertina in rosewood"]
    assert found(manager, "K-77")["Pieces"] == ["K-77"]
    serial = found(manager, "LA-19034")
    assert (serial["Pieces"], serial["Tickets"]) == (["K-77"], [str(ticket)])


def test_many_hits_lead_to_the_list_that_shows_all_of_them(manager: Client) -> None:
    for _ in range(11):
        make_order(make_item(), name="Ann Lowe")

    answer = manager.get("/admin/search/", {"q": "lowe"})
    [group] = answer.context["groups"]
    assert len(group.hits) == 8
    assert group.hits[0].title == Order.objects.latest("pk").reference
    assert manager.get(group.rest).context["cl"].result_count == 11


def test_nobody_finds_what_they_may_not_see(client: Client, sam: User, alice: User) -> None:
    make_ticket(alice, title="Viola")
    order = make_order(make_item(title="Viola"))
    client.force_login(sam)
    everything = {"Orders", "Invoices", "Tickets", "Things", "Pieces"}
    assert {*found(client, "viola")} == everything
    assert found(client, order.reference) == {"Orders": [order.reference]}

    sam.groups.clear()
    assert found(client, "viola") == {}
    sam.user_permissions.add(Permission.objects.get(codename="view_item"))
    assert {*found(client, "viola")} == {"Things"}
    client.force_login(alice)
    assert client.get("/admin/search/", {"q": "viola"}).status_code == 302


@pytest.mark.parametrize("term", ["", "  ", "\0", "9" * 60, "R" + "9" * 30, "%", "'", "x" * 5000])
def test_whatever_is_typed_is_answered(manager: Client, term: Any) -> None:
    make_order(make_item())
    assert "Tickets" not in found(manager, term)


def test_a_search_takes_as_many_queries_for_one_hit_as_for_many(
    manager: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(9):
        bill_order(make_order(make_item(title="Viola"), name="Viola Day"))
        make_ticket(title="Viola")
    found(manager, "viola")

    with django_assert_max_num_queries(17):
        assert len(found(manager, "viola")["Orders"]) == 8


def test_the_field_stands_in_the_header_of_every_page(manager: Client) -> None:
    for address in ("/admin/", "/admin/store/order/", "/admin/store/item/add/"):
        assert 'role="search" action="/admin/search/"' in manager.get(address).text
    assert "/admin/search/" not in Client().get("/admin/login/", follow=True).text


def test_what_is_in_the_bin_is_found_by_its_number_and_said_to_be_there(manager: Client) -> None:
    item = make_item(title="Astrolabe")
    piece = item.pieces.get()
    bin_items([item], actor=None)

    assert found(manager, "astrolabe") == {"Pieces": [str(piece)]}
    answer = manager.get("/admin/search/", {"q": piece.stock_number})
    assert [hit.state for hit in answer.context["groups"][0].hits] == ["in the bin"]
