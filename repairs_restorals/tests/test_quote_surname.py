"""Whoever answers a quote of some size by its link says whose it is."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.quote_services import send_quote
from repairs_restorals.tests.factories import SITE, make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def quote(ticket: ServiceTicket, wren: User, settings: Settings) -> Quote:
    settings.SURNAME_ABOVE = 75
    User.objects.filter(pk=ticket.customer_id).update(name="Alice Mayer")
    return send_quote(quote_id=make_quote(ticket, "75.50").pk, actor=wren, site=SITE)


def answer(client: Client, quote: Quote, **fields: str) -> str:
    """Send the form; return the page that follows."""
    return client.post(quote.get_absolute_url(), fields, follow=True).text


def state_of(quote: Quote) -> str:
    return Quote.objects.get(pk=quote.pk).state


@pytest.mark.parametrize(("decision", "state"), [("accept", "accepted"), ("decline", "declined")])
def test_the_surname_is_asked_for_beside_the_answer(
    client: Client, quote: Quote, decision: str, state: str
) -> None:
    page = client.get(quote.get_absolute_url()).text
    assert "The customer’s surname" in page
    assert "Mayer" not in page

    page = answer(client, quote, decision=decision, surname="Miller", reason="Hm, well")
    assert "That is not the name" in page
    assert "Hm, well" in page
    assert state_of(quote) == "sent"

    answer(client, quote, decision=decision, surname="mayer")
    assert state_of(quote) == state


def test_to_take_a_no_back_asks_for_it_too(client: Client, quote: Quote) -> None:
    answer(client, quote, decision="decline", surname="Mayer")
    assert "The customer’s surname" in client.get(quote.get_absolute_url()).text

    assert "This field is required." in answer(client, quote, decision="reopen")
    assert "That is not the name" in answer(client, quote, decision="reopen", surname="Miller")
    assert state_of(quote) == "declined"

    answer(client, quote, decision="reopen", surname="Mayer")
    assert state_of(quote) == "sent"


def test_nothing_is_decided_without_a_surname(client: Client, quote: Quote) -> None:
    assert "This field is required." in answer(client, quote, decision="accept")
    assert state_of(quote) == "sent"


def test_guessing_names_meets_an_end(client: Client, quote: Quote) -> None:
    for _ in range(10):
        answer(client, quote, decision="accept", surname="Miller")

    page = answer(client, quote, decision="accept", surname="Mayer")

    assert "Try the next one at" in page
    assert "That is not the name" not in page
    assert state_of(quote) == "sent"


def test_in_the_account_nothing_is_asked(client: Client, quote: Quote, alice: User) -> None:
    client.force_login(alice)
    assert "surname" not in client.get(quote.get_absolute_url()).text

    answer(client, quote, decision="accept")
    assert state_of(quote) == "accepted"


def test_of_a_small_one_nothing_is_asked(client: Client, quote: Quote, settings: Settings) -> None:
    settings.SURNAME_ABOVE = 76

    answer(client, quote, decision="accept")

    assert state_of(quote) == "accepted"
