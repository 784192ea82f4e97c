"""With whom a record is joined is found by what staff know, and told from others of that name."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.groups import MANAGERS
from accounts.models import Customer, User
from accounts.tests.factories import make_staff, make_user
from repairs_restorals.tests.factories import make_ticket
from repairshop.people.candidates import MOST_SHOWN
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_staff("mo@example.com", group=MANAGERS))
    return client


def offered(client: Client, kept: User, **asked: str) -> dict[str, tuple[str, str]]:
    """What leads to each record that a search offers: its name, and what tells it from others."""
    page = BeautifulSoup(
        client.get(reverse("person-join", args=[kept.pk]), asked).text, "html.parser"
    )
    rows = [(each.a, each.span) for each in page.select(".desk__hits li") if each.a and each.span]
    return {str(link["href"]): (link.text, note.text) for link, note in rows}


def test_two_people_of_one_name_are_told_apart(manager: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(name="Ann Lee")
    first = make_user("ann@example.com", name="Ann Lee")
    second = make_user("", name="Ann Lee")
    Customer.objects.filter(user=first).update(phone="030 555777", street="Mill 4", city="Hull")
    make_order(make_item(), customer=first)
    make_ticket(second)
    closed = make_user("gone@example.com", name="Ann Lee", is_active=False)

    found = offered(manager, alice)
    assert [name for name, _note in found.values()] == ["Ann Lee"] * 2
    note = found[f"?other={first.pk}"][1]
    assert note.startswith("ann@example.com · 030 555777 · Mill 4, Hull · 1 order · known since")
    assert found[f"?other={second.pk}"][1].startswith("1 ticket · known since")
    assert f"?other={closed.pk}" not in found


@pytest.mark.parametrize("term", ["Lee", "ann@", "+49 30 555-777", "hull lee"])
def test_a_record_is_found_by_what_staff_know(manager: Client, alice: User, term: str) -> None:
    other = make_user("ann@example.com", name="Ann Lee")
    Customer.objects.filter(user=other).update(phone="030/555777", city="Hull")
    make_user("bob@example.org", name="Bob")

    assert [*offered(manager, alice, q=term)] == [f"?other={other.pk}"]
    # It stands in its own field, not in that of the header.
    page = manager.get(reverse("person-join", args=[alice.pk]), {"q": term}).text
    assert page.count(f'value="{term}"') == 1
    assert offered(manager, alice, q="nobody") == {}


def test_guests_are_offered_by_what_they_are_known_by(manager: Client, alice: User) -> None:
    for phone in ("030 555777", "+4930555777"):
        make_order(make_item(), email="", name="Pat Quick", phone=phone)
    make_order(make_item(), email="pat@example.com", name="Pat Low")
    # What names an account's address stands on its page; nothing names this one.
    make_order(make_item(), email=alice.email, name="Pat Alice")
    make_order(make_item(), email="", name="Pat Nobody", phone="")

    found = offered(manager, alice, q="pat")
    assert [name for name, _note in found.values()] == ["Pat Low", "Pat Quick"]
    note = found["?other=%2B4930555777"][1]
    assert "2 orders · last order on" in note
    assert "guest, without an account" in note


def test_a_guest_is_joined_by_the_name_that_the_choice_shows(manager: Client, alice: User) -> None:
    order = make_order(make_item(), email="", name="Pat Quick", phone="555777")
    [address] = offered(manager, alice, q="quick")
    page = reverse("person-join", args=[alice.pk])
    assert "Pat Quick, 555777" in manager.get(page + address).text
    manager.post(page, {"other": "555777", "typed": "pat quick"})

    order.refresh_from_db()
    assert order.customer == alice


def test_a_search_that_finds_too_many_says_so(
    manager: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(MOST_SHOWN + 1):
        make_user(f"ann{number}@example.com", name=f"Ann {number}")
    page = reverse("person-join", args=[alice.pk])
    with django_assert_max_num_queries(16):
        assert "Type more of it" in manager.get(page, {"q": "ann"}).text
    assert "Type more of it" not in manager.get(page, {"q": "ann 1"}).text
