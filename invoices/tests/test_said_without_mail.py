"""What people read of mails where none goes: no server is named, or no address."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, User
from invoices.models import Invoice
from invoices.tests.admin_steps import make_invoice, messages_in, send
from repairs_restorals.models import Status
from repairs_restorals.tests.board_steps import act, page_of
from repairs_restorals.tests.factories import make_ticket
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
NO_SERVER = "mail.unsent.EmailBackend"


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (NO_SERVER, "Done. No mail goes: ring 0170 1."),
        ("mail.smtp.EmailBackend", "Done, and the customer has been told."),
    ],
)
def test_an_order_moved_on(
    client: Client, sam: User, settings: Any, backend: str, said: str
) -> None:
    settings.EMAIL_BACKEND = backend
    order = make_order(make_item(), payment_method="shop", phone="0170 1")
    client.force_login(sam)

    move = reverse("admin:store_order_transition", args=[order.pk])
    answer = client.post(move, {"transition": "ready"}, follow=True)
    assert messages_in(answer) == said


def test_a_ticket_of_whoever_has_a_phone_alone(client: Client, wren: User) -> None:
    walk_in = User.objects.create(email="", name="Ada")
    Customer.objects.update_or_create(user=walk_in, defaults={"phone": "0170 2"})
    ticket = make_ticket(walk_in, status=Status.IN_PROGRESS)
    client.force_login(wren)

    page = client.get(page_of(ticket)).text
    assert "It is kept on the ticket. No mail goes: ring 0170 2." in page
    assert "The customer reads it." not in page.partition("A word with it")[2][:400]
    answer = act(client, ticket, "transition", to="ready")
    assert messages_in(answer) == "The ticket is now: ready to collect. No mail goes: ring 0170 2."
    assert "<strong>No mail goes: ring 0170 2.</strong>" in client.get(page_of(ticket)).text


def test_a_filed_ticket(client: Client, alice: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = NO_SERVER
    client.force_login(alice)

    typed = {"title": "Organ", "description": "It wheezes.", "kind": "repair"}
    page = client.post("/workshop/tickets/new/", typed, follow=True)
    assert "Thank you. Your ticket is W" in messages_in(page)
    assert "mailed" not in messages_in(page)


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (NO_SERVER, "Issued as R-1."),
        ("mail.smtp.EmailBackend", "Issued as R-1 and mailed."),
    ],
)
def test_an_invoice_issued(
    client: Client, sam: User, settings: Any, backend: str, said: str
) -> None:
    settings.EMAIL_BACKEND = backend
    client.force_login(sam)

    answer = send(client, make_invoice(issued=False), "issue")
    number = Invoice.objects.get().number
    assert messages_in(answer) == said.replace("R-1", str(number))


@pytest.mark.parametrize("name", ["cancel", "pay-otherwise"])
def test_a_link_to_an_order(client: Client, settings: Any, name: str) -> None:
    settings.EMAIL_BACKEND = NO_SERVER
    page = reverse(f"invoices:{name}", args=[make_order(make_item(), payment_method="card").link])

    assert "Mail me the link" not in client.get(page).text
    said = "This shop sends no mail at present: please ask us."
    assert messages_in(client.post(page, follow=True)) == said


def test_where_to_reserve_a_piece(client: Client, sam: User) -> None:
    client.force_login(sam)
    pieces = reverse("admin:store_piece_changelist")

    assert "To reserve a piece, choose it here" in client.get(f"{pieces}?state=available").text
    assert "To reserve a piece" not in client.get(pieces).text
