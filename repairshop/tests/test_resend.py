"""Forms that come back filled: after a log-in in another tab, and after a session that ended."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD
from repairs_restorals.models import ServiceTicket, TicketMessage
from repairs_restorals.tests.factories import make_ticket
from store.tests.pictures import upload

pytestmark = pytest.mark.django_db
WORDS = 'It buzzes & rattles.\n"Loudly."'
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
AREA = re.compile(r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
LOGIN = reverse("accounts:login")
ENTER = {"username": "alice@example.com", "password": PASSWORD}


@pytest.fixture
def ticket(alice: User) -> ServiceTicket:
    return make_ticket(alice)


@pytest.fixture
def browser(alice: User) -> Client:
    """One that has to prove, as all but tests do, that its forms are the shop's own."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


def message_of(ticket: ServiceTicket) -> str:
    return reverse("repairs:message", args=[ticket.pk])


def fields_of(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in [*FIELD.findall(page), *AREA.findall(page)]}


def action_of(page: str) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"[^>]*class="stack"', page)
    assert found
    return unescape(found[1])


def press(client: Client, page: str) -> Any:
    """Send what the page shows, as its button does."""
    return client.post(action_of(page), fields_of(page))


def test_a_form_from_before_a_log_in_comes_back_filled(
    browser: Client, ticket: ServiceTicket
) -> None:
    answer = browser.post(message_of(ticket), {"body": WORDS, "csrfmiddlewaretoken": "x" * 64})

    assert answer.status_code == 403
    assert fields_of(answer.text)["body"] == WORDS
    assert not TicketMessage.objects.exists()
    assert press(browser, answer.text).status_code == 302
    assert TicketMessage.objects.get().body == WORDS


def test_photos_are_asked_for_once_more(browser: Client, ticket: ServiceTicket) -> None:
    sent = {"body": WORDS, "photos": upload()}

    page = browser.post(message_of(ticket), sent).text

    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'type="file" name="photos"', page)


def test_no_password_comes_back(db: None) -> None:
    sent = {"username": "alice@example.com", "password": PASSWORD, "next": "/checkout/"}

    page = Client(enforce_csrf_checks=True).post(LOGIN, sent).text

    assert PASSWORD not in page
    assert 'type="password" name="password"' in page
    assert "alice@example.com" in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Referer": "https://evil.example/http://testserver/"},
    ],
)
def test_what_another_site_has_sent_is_not_shown(
    browser: Client, ticket: ServiceTicket, headers: dict[str, str]
) -> None:
    answer = browser.post(message_of(ticket), {"body": WORDS}, headers=headers)

    assert answer.status_code == 403
    assert "buzzes" not in answer.text


def test_what_was_sent_after_the_session_ended_waits_for_the_log_in(
    client: Client, ticket: ServiceTicket
) -> None:
    client.force_login(ticket.customer)
    Session.objects.all().delete()
    answer = client.post(message_of(ticket), {"body": WORDS}, follow=True)
    assert "What you have sent is kept" in answer.text

    answer = client.post(answer.request["PATH_INFO"] + "?next=/send-again/", ENTER, follow=True)

    assert fields_of(answer.text)["body"] == WORDS
    assert not TicketMessage.objects.exists()
    press(client, answer.text)
    assert TicketMessage.objects.get().body == WORDS


@pytest.mark.parametrize(
    ("email", "is_shown"), [("alice@example.com", True), ("bob@example.com", False)]
)
def test_what_was_typed_is_shown_to_nobody_else(
    client: Client, ticket: ServiceTicket, bob: User, email: str, is_shown: bool
) -> None:
    client.post(LOGIN, ENTER)
    client.post(reverse("accounts:logout"))
    client.post(message_of(ticket), {"body": WORDS})
    client.post(LOGIN, {**ENTER, "username": email})

    answer = client.get("/send-again/", follow=True)

    assert ("buzzes" in answer.text) is is_shown
    assert ("There is nothing that waits to be sent." in answer.text) is not is_shown
    assert ("buzzes" in str(dict(client.session))) is is_shown


def test_the_same_holds_for_staff(client: Client, sam: User) -> None:
    page = reverse("admin:store_category_add")

    answer = client.post(page, {"name": "Clocks", "slug": "clocks", "position": "0"}, follow=True)

    assert answer.request["PATH_INFO"] == reverse("admin:login")
    assert 'value="/send-again/"' in answer.text
    client.force_login(sam)


def test_nothing_is_kept_of_passwords(client: Client, db: None) -> None:
    client.post(
        reverse("accounts:password_change"), {"old_password": PASSWORD, "new_password1": "x"}
    )

    assert PASSWORD not in str(dict(client.session))


def test_too_much_is_not_kept(client: Client, ticket: ServiceTicket) -> None:
    client.post(message_of(ticket), {"body": "x" * 200_000})

    assert len(str(dict(client.session))) < 1000


def test_where_nothing_waits_there_is_nothing_to_send(client: Client, alice: User) -> None:
    assert client.get("/send-again/").headers["Location"] == f"{LOGIN}?next=%2Fsend-again%2F"
    client.force_login(alice)
    assert "nothing that waits" in client.get("/send-again/", follow=True).text


def test_a_missing_page_shows_the_way_on(client: Client, db: None) -> None:
    answer = client.get("/store/item/mantel-clock/")

    assert answer.status_code == 404
    assert 'class="site-header"' in answer.text
    assert 'value="mantel clock"' in answer.text
    assert f'href="{reverse("repairs:workshop")}"' in answer.text


def test_a_missing_picture_is_answered_shortly(client: Client, db: None) -> None:
    answer = client.get("/media/items/none.webp")

    assert answer.status_code == 404
    assert 'class="site-header"' not in answer.text
