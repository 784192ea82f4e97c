"""A network begins only so many sessions: each is a row for a month."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.factories import PASSWORD
from store.models import Item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def few(settings: Settings) -> None:
    settings.SESSIONS_PER_HOUR_PER_ADDRESS = 2


def saved(clock: Item, at: str) -> list[int]:
    """What five visitors are answered who save a thing, each from there."""
    visitors = [Client(REMOTE_ADDR=at) for _ in range(5)]
    return [visitor.post(f"/saved/{clock.pk}/").status_code for visitor in visitors]


def test_only_so_many_begin(clock: Item) -> None:
    assert saved(clock, "9.9.9.9") == [302, 302, 429, 429, 429]
    assert Session.objects.count() == 2
    assert saved(clock, "9.9.9.8")[0] == 302


def test_drafts_of_a_withdrawal_are_sessions_too(clock: Item) -> None:
    saved(clock, "9.9.9.9")
    draft = {"name": "Ann", "contract": "R00001", "email": "ann@example.com"}
    page = Client(REMOTE_ADDR="9.9.9.9").post("/withdraw/", draft)

    assert page.status_code == 429
    assert page["Retry-After"]
    assert "Come back at" in page.content.decode()
    assert Session.objects.count() == 2


def test_who_has_one_goes_on(client: Client, clock: Item) -> None:
    client.defaults["REMOTE_ADDR"] = "9.9.9.9"
    client.post(f"/saved/{clock.pk}/")
    saved(clock, "9.9.9.9")

    assert client.post(f"/saved/{clock.pk}/remove/").status_code == 302


def test_who_logs_in_is_not_counted(clock: Item, alice: User) -> None:
    saved(clock, "9.9.9.9")
    visitor = Client(REMOTE_ADDR="9.9.9.9")
    form = {"username": alice.email, "password": PASSWORD}

    assert visitor.post("/accounts/login/", form).status_code == 302


def test_a_proxy_that_nobody_has_counted_is_not_all_visitors(clock: Item) -> None:
    assert saved(clock, "10.0.0.7") == [302] * 5
