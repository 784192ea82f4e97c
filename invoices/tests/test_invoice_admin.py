"""Invoices in the admin: whose they are, what they come to, and no button to change them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models.signals import post_save
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from invoices.billing import bill_order
from invoices.models import Invoice
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.quoting import decide_quote, send_quote
from repairs_restorals.tests.bench_steps import TAKE_IN
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Item
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
LIST = "/admin/invoices/invoice/"
WALK_IN = {
    "email": "walt@example.com",
    "name": "Walt Inn",
    "title": "Clarinet",
    "description": "A key sticks.",
    "kind": "repair",
}


@pytest.fixture
def billed(alice: User, wren: User) -> Invoice:
    """The draft for alice's violin, as she accepted it."""
    quote = make_quote(make_ticket(alice, title="Violin"), "75.50", "10.00", deposit=30)
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    return Invoice.objects.get()


def page(client: Client, user: User, url: str = LIST) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def change_url(invoice: Invoice) -> str:
    return reverse("admin:invoices_invoice_change", args=[invoice.pk])


def test_workshop_staff_see_what_a_ticket_comes_to(
    client: Client, wren: User, billed: Invoice
) -> None:
    seen = page(client, wren, change_url(billed))

    for text in (
        "Violin",
        "alice@example.com",
        "€85.50",
        "30.00",
        "Glue the neck",
        "19 %: €13.65",
    ):
        assert text in seen
    assert 'name="_save"' not in seen


def test_shop_staff_see_what_an_order_comes_to(client: Client, sam: User, clock: Item) -> None:
    order = make_order(clock)
    invoice = bill_order(order)

    seen = page(client, sam, change_url(invoice))

    assert reverse("admin:store_order_change", args=[order.pk]) in seen
    assert "€120.00" in seen


def test_the_list_names_order_or_ticket(
    client: Client, wren: User, billed: Invoice, clock: Item
) -> None:
    order = make_order(clock)
    Invoice.objects.create(order=order)

    seen = page(client, wren)

    assert str(billed.ticket) in seen
    assert order.reference in seen
    assert "€85.50" in seen


def test_the_list_asks_few_questions(
    client: Client, wren: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        make_ticket()
        Invoice.objects.create(order=make_order(make_item()))
    client.force_login(wren)

    with django_assert_max_num_queries(12):
        client.get(LIST)


@pytest.mark.parametrize("what", ["violin", "alice@", "W0000", "R0000", "R" + "9" * 30])
def test_an_invoice_is_found(client: Client, wren: User, billed: Invoice, what: str) -> None:
    make_ticket(title="Cello")
    sought = f"{what}{billed.ticket_id}" if what == "W0000" else what

    seen = page(client, wren, f"{LIST}?q={sought}")

    assert ("Violin" in seen) == (not what.startswith("R"))
    assert "Cello" not in seen


def test_nobody_changes_or_deletes_an_invoice(admin_client: Client, billed: Invoice) -> None:
    url = change_url(billed)

    assert admin_client.post(url, {"deposit": "0"}).status_code == 403
    assert admin_client.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert Invoice.objects.get().deposit == 30


@pytest.fixture
def burning_books() -> Iterator[None]:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError("The books are burning")

    post_save.connect(fail, sender=Invoice)
    yield
    post_save.disconnect(fail, sender=Invoice)


@pytest.mark.usefixtures("burning_books")
def test_the_admin_takes_nothing_in_without_an_invoice(client: Client, wren: User) -> None:
    client.force_login(wren)

    with pytest.raises(RuntimeError, match="burning"):
        client.post(TAKE_IN, WALK_IN)

    assert not ServiceTicket.objects.exists()


def test_the_admin_opens_an_invoice_with_a_ticket(client: Client, wren: User) -> None:
    client.force_login(wren)

    client.post(TAKE_IN, WALK_IN)

    assert ServiceTicket.objects.get().invoice.is_draft
