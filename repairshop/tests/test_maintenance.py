"""While the shop is looked after, visitors are told so and staff go on."""

from threading import Event
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD
from repairshop import timer
from repairshop.maintenance import RETRY_AFTER_SECONDS
from store.models import Item
from typed.languages import in_language

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_looked_after")]
TITLES = {
    "en": "The shop is being looked after",
    "de": "Der Shop wird gerade gewartet",
    "fr": "La boutique est en maintenance",
    "nl": "Er wordt aan de winkel gewerkt",
    "it": "Il negozio è in manutenzione",
    "es": "La tienda está en mantenimiento",
}


@pytest.fixture
def _looked_after(settings: Any) -> None:
    settings.MAINTENANCE = True


def away(execute: Any, *arguments: Any) -> Any:
    raise OperationalError("the database is moved")


@pytest.mark.parametrize("language", [code for code, _name in configured.LANGUAGES])
@pytest.mark.parametrize("path", ["/", "/store/nothing/", "/checkout/"])
def test_visitors_are_told_in_their_language_without_a_database(
    client: Client, language: str, path: str
) -> None:
    with connection.execute_wrapper(away):
        page = client.get(in_language(path, language))

    assert page.status_code == 503
    assert page["Retry-After"] == str(RETRY_AFTER_SECONDS)
    assert f'<html lang="{language}">' in page.text
    assert f"<h1>{TITLES[language]}</h1>" in page.text
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "<style" not in page.text
    assert "<script" not in page.text


def test_nothing_of_a_visitor_is_taken_meanwhile(client: Client, clock: Item, alice: User) -> None:
    assert client.post(f"/bag/add/{clock.pk}/", {"quantity": 1}).status_code == 503
    client.force_login(alice)
    assert client.post(f"/bag/add/{clock.pk}/", {"quantity": 1}).status_code == 503
    with connection.execute_wrapper(away):
        assert client.get("/store/").status_code == 503

    assert clock.pieces.get().held_by is None


def test_what_stripe_says_is_not_taken_so_that_it_says_it_again(client: Client) -> None:
    answer = client.post("/stripe/webhook/", "{}", content_type="application/json")

    assert answer.status_code == 503
    assert "Retry-After" in answer


def test_staff_log_in_and_see_the_whole_shop(client: Client, sam: User, clock: Item) -> None:
    assert client.get("/admin/", follow=True).status_code == 200
    page = client.post(
        "/accounts/login/?next=/admin/", {"username": sam.email, "password": PASSWORD}, follow=True
    )

    assert page.status_code == 200
    assert "Visitors read that the shop is being looked after" in page.text
    assert client.get(clock.get_absolute_url()).status_code == 200
    assert client.get("/accounts/profile/").status_code == 200


def test_control_a_customer_who_logs_in_is_still_outside(client: Client, alice: User) -> None:
    login = {"username": alice.email, "password": PASSWORD}
    page = client.post("/accounts/login/", login, follow=True)

    assert page.status_code == 503


def test_the_host_does_not_start_it_anew(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    with connection.execute_wrapper(away):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "The database does not answer.")


class OneRound(Event):
    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("looked_after", [True, False])
def test_the_timer_rests(
    looked_after: bool,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MAINTENANCE = looked_after
    rounds: list[str] = []

    def note() -> int:
        rounds.append("one")
        return 1

    monkeypatch.setattr(timer, "JOBS", [note])

    timer.loop(OneRound())

    assert rounds == ([] if looked_after else ["one"])
