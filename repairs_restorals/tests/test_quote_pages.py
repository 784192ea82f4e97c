from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import mails_sent
from mail.models import Mail
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.quote_services import send_quote
from repairs_restorals.tests.factories import SITE, make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def quote(ticket: ServiceTicket, wren: User) -> Quote:
    return send_quote(quote_id=make_quote(ticket, "75.50").pk, actor=wren, site=SITE)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_the_link_decides_nothing(client: Client, quote: Quote, method: str) -> None:
    for suffix in ("", "?decision=accept"):
        answer = getattr(client, method)(f"{quote.get_absolute_url()}{suffix}")
        assert answer.status_code == 200
    quote.refresh_from_db()
    assert quote.state == Quote.State.SENT


def test_the_link_shows_the_quote_and_both_answers(client: Client, quote: Quote) -> None:
    text = client.get(quote.get_absolute_url()).content.decode()

    assert "Glue the neck" in text
    assert "Accept: I owe €75.50 for the work" in text
    assert "Decline" in text


def test_it_is_accepted_by_the_link(client: Client, quote: Quote) -> None:
    answer = client.post(quote.get_absolute_url(), {"decision": "accept"}, follow=True)

    quote.refresh_from_db()
    assert (quote.state, quote.decided_via, quote.decided_by) == ("accepted", "link", None)
    assert quote.decided_from == "127.0.0.1"
    assert "Thank you: it is agreed." in answer.content.decode()


def test_it_is_accepted_in_the_account(client: Client, quote: Quote, alice: User) -> None:
    client.force_login(alice)

    client.post(quote.get_absolute_url(), {"decision": "accept"})

    quote.refresh_from_db()
    assert (quote.decided_via, quote.decided_by) == ("account", alice)


def test_it_is_declined_with_a_reason(client: Client, quote: Quote) -> None:
    client.post(quote.get_absolute_url(), {"decision": "decline", "reason": "Too dear"})

    quote.refresh_from_db()
    assert (quote.state, quote.reason) == ("declined", "Too dear")
    assert ServiceTicket.objects.get().status == Status.DECLINED


def test_a_second_click_is_no_surprise(client: Client, quote: Quote) -> None:
    for _ in range(2):
        answer = client.post(quote.get_absolute_url(), {"decision": "accept"}, follow=True)

    assert "could not be answered" not in answer.content.decode()


def test_the_other_decision_comes_too_late(client: Client, quote: Quote) -> None:
    client.post(quote.get_absolute_url(), {"decision": "accept"})

    answer = client.post(quote.get_absolute_url(), {"decision": "decline"}, follow=True)

    assert "could not be answered any more" in answer.content.decode()
    quote.refresh_from_db()
    assert quote.state == Quote.State.ACCEPTED


def test_neither_button_is_answered(client: Client, quote: Quote) -> None:
    answer = client.post(quote.get_absolute_url(), {"reason": "Hm"})

    text = answer.content.decode()
    assert "Please press one of the two buttons." in text
    assert "Hm" in text


def test_an_expired_quote_has_no_buttons_and_takes_no_answer(
    client: Client, ticket: ServiceTicket, wren: User
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    draft = make_quote(ticket, valid_until=yesterday)
    quote = send_quote(quote_id=draft.pk, actor=wren, site=SITE)

    page = client.get(quote.get_absolute_url()).content.decode()
    client.post(quote.get_absolute_url(), {"decision": "accept"})

    assert "Ask us for a new one." in page
    assert 'name="decision"' not in page
    quote.refresh_from_db()
    assert quote.state == Quote.State.SENT


def test_a_draft_and_a_guessed_address_lead_nowhere(client: Client, ticket: ServiceTicket) -> None:
    draft = make_quote(ticket)

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get("/workshop/quotes/no-such/").status_code == 404


def test_the_answer_is_not_taken_from_another_site(quote: Quote) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(quote.get_absolute_url(), {"decision": "accept"}).status_code == 403


def test_whoever_comes_by_the_mail_finds_the_way_to_the_ticket(
    client: Client, quote: Quote
) -> None:
    answer = client.post(quote.get_absolute_url(), {"decision": "accept"}, follow=True)

    text = answer.content.decode()
    assert "Log in to see the ticket" in text
    assert f'href="{quote.ticket.get_absolute_url()}"' in text


def test_a_no_can_be_taken_back_while_the_offer_stands(
    client: Client, quote: Quote, wren: User
) -> None:
    ServiceTicket.objects.update(assignee=wren)
    client.post(quote.get_absolute_url(), {"decision": "decline", "reason": "Too dear"})
    assert "Take it back" in client.get(quote.get_absolute_url()).text

    answer = client.post(quote.get_absolute_url(), {"decision": "reopen"}, follow=True)

    quote.refresh_from_db()
    assert (quote.state, quote.reason, quote.decided_at) == ("sent", "", None)
    assert ServiceTicket.objects.get().status == Status.QUOTED
    assert "Accept: I owe" in answer.text
    assert any("is open again" in letter.subject for letter in mails_sent())
    assert client.post(quote.get_absolute_url(), {"decision": "accept"}).status_code == 302
    quote.refresh_from_db()
    assert quote.state == Quote.State.ACCEPTED


def test_going_to_and_fro_mails_nobody_for_long(client: Client, quote: Quote) -> None:
    before = Mail.objects.count()
    for _ in range(5):
        for decision in ("decline", "reopen"):
            client.post(quote.get_absolute_url(), {"decision": decision})

    quote.refresh_from_db()
    assert quote.state == Quote.State.DECLINED
    assert Mail.objects.count() - before == 3
    assert "Take it back" not in client.get(quote.get_absolute_url()).text


@pytest.mark.parametrize("after", ["expired", "moved on", "newer", "accepted"])
def test_a_no_cannot_be_taken_back_when_something_came_of_it(
    client: Client, quote: Quote, wren: User, after: str
) -> None:
    decision = "accept" if after == "accepted" else "decline"
    client.post(quote.get_absolute_url(), {"decision": decision})
    if after == "expired":
        yesterday = timezone.localdate() - timedelta(days=1)
        Quote.objects.update(valid_until=yesterday)
    if after == "moved on":
        ServiceTicket.objects.update(status=Status.ASSESSING)
    if after == "newer":
        send_quote(quote_id=make_quote(quote.ticket, "50").pk, actor=wren, site=SITE)
    assert "Take it back" not in client.get(quote.get_absolute_url()).text

    answer = client.post(quote.get_absolute_url(), {"decision": "reopen"}, follow=True)

    quote.refresh_from_db()
    assert quote.state == ("accepted" if after == "accepted" else "declined")
    assert "could not be answered any more" in answer.text


def test_the_page_of_a_quote_knows_who_is_logged_in(
    client: Client, quote: Quote, bob: User, alice: User
) -> None:
    ticket = f'href="{quote.ticket.get_absolute_url()}"'
    assert "Log in to see the ticket" in client.get(quote.get_absolute_url()).text
    client.force_login(bob)
    text = client.get(quote.get_absolute_url()).text
    assert "logged in as bob@example.com" in text
    assert ticket not in text
    client.force_login(alice)
    assert ticket in client.get(quote.get_absolute_url()).text
