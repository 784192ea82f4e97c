"""Invoices in the admin: whose they are, what they come to, and no button to change them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import F
from django.db.models.signals import post_save
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order
from invoices.models import Invoice, Payment
from invoices.tests.admin_steps import cash, make_invoice, make_overdue
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.board_steps import TAKE_IN
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
    # The first page reads the shop's name for those of the next minute.
    client.get(LIST)

    with django_assert_max_num_queries(12):
        assert client.get(LIST).text.count("Violin") == 20


@pytest.mark.parametrize("what", ["violin", "alice@", "W0000", "R0000", "R" + "9" * 30])
def test_an_invoice_is_found(client: Client, wren: User, billed: Invoice, what: str) -> None:
    make_ticket(title="Cello")
    sought = f"{what}{billed.ticket_id}" if what == "W0000" else what

    seen = page(client, wren, f"{LIST}?q={sought}")

    assert ("Violin" in seen) == (not what.startswith("R"))
    assert "Cello" not in seen


@pytest.mark.on_both
def test_each_state_is_filtered_as_the_model_says(
    client: Client, wren: User, clock: Item, alice: User
) -> None:
    invoices = one_of_each_state(alice)
    client.force_login(wren)

    assert {invoice.state for invoice in invoices} == {*Invoice.State}
    for state in Invoice.State:
        listed = client.get(LIST, {"state": state}).context["cl"].result_list
        assert {invoice.pk for invoice in listed} == {
            invoice.pk for invoice in invoices if invoice.state == state
        }


def one_of_each_state(alice: User) -> list[Invoice]:
    """And a few more that are easily taken for another."""
    drafts = [make_invoice(issued=False), make_invoice(issued=False, state="cancelled")]
    for invoice, amount in [(make_invoice(), "120"), (make_invoice(), "130"), (drafts[1], "0.10")]:
        Payment.objects.create(invoice=invoice, **cash(amount))
    make_invoice(issued=False, state="cancelled")
    credit(invoice_id=make_invoice().pk, reason="", actor=None)
    make_overdue()
    Payment.objects.create(invoice=make_overdue(), **cash("119.99"))
    make_invoice()
    for paid in ("0", "25.65", "25.64"):
        quote = make_quote(make_ticket(alice), "85.50", deposit="25.65")
        send_quote(quote_id=quote.pk, actor=alice, site=SITE)
        decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
        if paid != "0":
            Payment.objects.create(invoice=quote.ticket.invoice, **cash(paid))
    return list(Invoice.objects.all())


def test_the_rank_of_an_invoice_is_that_of_its_state(alice: User) -> None:
    states = [Invoice.State.OVERPAID, Invoice.State.DEPOSIT, Invoice.State.PAID]
    invoices = one_of_each_state(alice)
    ranked = Invoice.objects.with_state().with_rank(states).annotate(found=F("rank"))

    assert dict(ranked.values_list("pk", "found")) == {
        invoice.pk: states.index(invoice.state) if invoice.state in states else len(states)
        for invoice in invoices
    }


def test_what_is_overdue_stands_first(client: Client, sam: User, clock: Item) -> None:
    make_overdue()
    make_invoice()
    make_invoice(issued=False)
    client.force_login(sam)

    states = [invoice.state for invoice in client.get(LIST).context["cl"].result_list]

    assert states == ["overdue", "open", "draft"]


@pytest.mark.parametrize("what", ["Till 7", "number", "W", "walt", "nobody"])
def test_an_invoice_is_found_by_payment_and_number(
    client: Client, sam: User, db: None, what: str
) -> None:
    invoice = make_invoice(name="Walt Inn")
    Payment.objects.create(invoice=invoice, reference="TILL 7", **cash("5"))
    Payment.objects.create(invoice=invoice, reference="till 71", **cash("5"))
    sought = {"number": invoice.number, "W": f"W{10**9}"}.get(what, what)

    seen = page(client, sam, f"{LIST}?q={sought}")

    assert (str(invoice.number) in seen.split("results")[-1]) == (what not in {"W", "nobody"})


def test_nobody_changes_or_deletes_an_invoice(admin_client: Client, billed: Invoice) -> None:
    url = change_url(billed)

    assert admin_client.post(url, {"deposit": "0"}).status_code == 405
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
