"""Who types the number that stands on paper finds that row: alone with its letter, else first."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.factories import make_ticket
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_staff("mo@example.com", group=MANAGERS))
    return client


def found(desk: Client, model: str, term: str) -> list[Any]:
    page = desk.get(reverse(f"admin:{model}_changelist"), {"q": term})
    return list(page.context["cl"].result_list)


def orders() -> tuple[Order, Order]:
    """One, and a later one whose title has its number in it."""
    one = make_order(make_item(title="Vase"))
    return one, make_order(make_item(title=f"Model {one.pk}{one.pk}, nr. {one.pk}"))


def test_an_order_is_found_by_its_number(desk: Client) -> None:
    one, other = orders()

    for term in (one.reference, f"r{one.pk}", f" {one.reference.lower()} "):
        assert found(desk, "store_order", term) == [one]
    for term in (str(one.pk), one.reference[1:]):
        assert found(desk, "store_order", term)[0] == one
    assert set(found(desk, "store_order", str(one.pk))) == {one, other}


def test_a_ticket_is_found_by_its_number(desk: Client, alice: User) -> None:
    one = make_ticket(alice, title="Violin")
    other = make_ticket(alice, title=f"Model {one.pk}{one.pk}, nr. {one.pk}")

    board = "repairs_restorals_serviceticket"
    for term in (one.reference, f"w{one.pk}"):
        assert found(desk, board, term) == [one]
    for term in (str(one.pk), one.reference[1:]):
        assert found(desk, board, term)[0] == one
    assert set(found(desk, board, str(one.pk))) == {one, other}
    assert ServiceTicket.objects.count() == 2


def billed(title: str = "Vase", name: str = "Ann") -> Invoice:
    draft = bill_order(make_order(make_item(title=title), name=name))
    return issue(invoice_id=draft.pk)


def test_an_invoice_is_found_by_its_number(desk: Client) -> None:
    one = billed()
    other = billed(name=f"Mr {one.number}")
    number = str(one.number)

    assert found(desk, "invoices_invoice", number) == [one]
    assert found(desk, "invoices_invoice", number.lower()) == [one]
    for term in (number[-4:], str(int(number[-4:]))):
        assert found(desk, "invoices_invoice", term)[0] == one
    assert found(desk, "invoices_invoice", str(other.number)) == [other]
    assert one.order
    assert found(desk, "invoices_invoice", one.order.reference) == [one]


@pytest.mark.parametrize("term", ["R", "W", "R²", "9" * 30, "R" + "9" * 30, "\0", "-1"])
def test_what_is_no_number_is_searched_for_as_it_is(desk: Client, term: str) -> None:
    for model in ("store_order", "invoices_invoice", "repairs_restorals_serviceticket"):
        assert found(desk, model, term) == []
