"""A double click on a slow line writes a message, a note or a task once."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mail.models import Mail
from repairs_restorals.models import ServiceTicket, Task, TicketMessage
from repairs_restorals.tests.factories import make_ticket
from tests.browsing import filled

pytestmark = pytest.mark.django_db


def form_to(client: Client, page: str, action: str) -> dict[str, str]:
    """What the form on a page that is sent there says before anybody has typed."""
    soup = BeautifulSoup(client.get(page).content, "html.parser")
    [form] = soup.select(f'form[action="{action}"]')
    return dict(filled(form))


def clicked_twice(client: Client, page: str, action: str, **typed: str) -> dict[str, str]:
    sent = {**form_to(client, page, action), **typed}
    for _click in range(2):
        assert client.post(action, sent).status_code == 302
    return sent


def test_a_customer_writes_once(client: Client, alice: User, ticket: ServiceTicket) -> None:
    client.force_login(alice)
    page, action = ticket.get_absolute_url(), reverse("repairs:message", args=[ticket.pk])

    clicked_twice(client, page, action, body="When?")

    assert TicketMessage.objects.count() == 1
    # Said again on purpose, from a page that was opened anew.
    clicked_twice(client, page, action, body="When?")
    assert TicketMessage.objects.count() == 2


@pytest.mark.parametrize("kind", ["message", "note"])
def test_staff_write_once(workshop: Client, ticket: ServiceTicket, kind: str) -> None:
    page = reverse("admin:repairs_restorals_serviceticket_change", args=[ticket.pk])
    name = {"message": "write", "note": "note"}[kind]
    action = reverse(f"admin:repairs_restorals_serviceticket_{name}", args=[ticket.pk])

    clicked_twice(workshop, page, action, **{f"{kind}-body": "Tomorrow."})

    [message] = TicketMessage.objects.all()
    assert message.internal == (kind == "note")
    assert Mail.objects.filter(to="alice@example.com").count() == (kind == "message")


def test_a_task_is_there_once(workshop: Client, ticket: ServiceTicket) -> None:
    page = reverse("admin:repairs_restorals_serviceticket_change", args=[ticket.pk])
    action = reverse("admin:repairs_restorals_serviceticket_task", args=[ticket.pk])

    clicked_twice(workshop, page, action, **{"task-title": "Glue"})

    assert Task.objects.get().title == "Glue"


def test_a_key_is_of_one_ticket_and_one_author(
    client: Client, alice: User, ticket: ServiceTicket
) -> None:
    client.force_login(alice)
    other = make_ticket(alice, title="Viola")

    for each in (ticket, other):
        said = {"body": "When?", "idempotency_key": "a"}
        client.post(reverse("repairs:message", args=[each.pk]), said)

    assert {message.ticket_id for message in TicketMessage.objects.all()} == {ticket.pk, other.pk}
