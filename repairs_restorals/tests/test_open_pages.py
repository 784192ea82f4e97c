"""Pages that were open while this release was deployed are still understood."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.board_steps import TAKE_IN, action, lines_data, messages_in, quote_page
from repairs_restorals.tests.factories import make_quote
from repairs_restorals.tests.test_board_quotes import HEAD, version_on

pytestmark = pytest.mark.django_db
NEW_TICKET = reverse("repairs:ticket-create")
FILED = {"title": "Violin", "description": "It buzzes.", "kind": "repair", "submission": "once"}


def test_a_button_of_an_old_page_moves_the_ticket(workshop: Client, ticket: ServiceTicket) -> None:
    sent = {"move-to": "assessing", "move-seen": "submitted", "move-note": "At once."}
    workshop.post(action(ticket, "move"), sent)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.events.get().note) == ("assessing", "At once.")


def test_one_that_was_pressed_too_late_moves_nothing(
    workshop: Client, ticket: ServiceTicket
) -> None:
    sent = {"move-to": "assessing", "move-seen": "quoted"}
    answer = workshop.post(action(ticket, "move"), sent, follow=True)

    assert messages_in(answer) == ["That is not possible now: the ticket has moved on."]


def test_a_second_click_of_a_customer_files_nothing_more(client: Client, alice: User) -> None:
    client.force_login(alice)
    for _ in range(2):
        client.post(NEW_TICKET, FILED)

    assert ServiceTicket.objects.count() == 1


def test_a_second_click_at_the_counter_files_nothing_more(workshop: Client, alice: User) -> None:
    for _ in range(2):
        workshop.post(TAKE_IN, {**FILED, "email": alice.email, "name": alice.name})

    assert ServiceTicket.objects.count() == 1


def test_a_draft_from_before_is_filed_as_the_same_ticket(client: Client, alice: User) -> None:
    client.force_login(alice)
    session = client.session
    session["ticket draft"] = {"title": "Violin", "submission": "once"}
    session.save()

    form = client.get(NEW_TICKET).context["form"]

    assert form["idempotency_key"].value() == "once"


def test_an_old_preview_sends_its_quote(workshop: Client, ticket: ServiceTicket) -> None:
    quote = make_quote(ticket)
    workshop.post(quote_page(quote, "preview"), {"seen": version_on(workshop, quote)})

    assert ticket.quotes.get().state == "sent"


def test_an_old_draft_does_not_write_over_a_newer_one(
    workshop: Client, ticket: ServiceTicket
) -> None:
    quote = make_quote(ticket)
    lines = lines_data({"description": "Polish"}, written=1)

    answer = workshop.post(quote_page(quote, "edit"), {**HEAD, **lines, "seen": "an older one"})

    assert "Somebody else has changed this draft." in answer.content.decode()
