from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from repairshop import timer
from repairshop.models import Heartbeat

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


def beat(seconds_ago: int) -> None:
    Heartbeat.objects.create(process="web", beat_at=Now() - timedelta(seconds=seconds_ago))


def test_it_is_well_after_a_round(client: Client) -> None:
    beat(seconds_ago=1)

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_one_query_is_all_it_asks(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        client.get("/healthz")


def test_before_the_first_round_it_says_so(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["status"]) == (503, "The timer has not run yet.")


def test_a_timer_that_missed_three_rounds_is_reported_with_its_age(
    client: Client, settings: Settings
) -> None:
    beat(seconds_ago=timer.ROUNDS_MISSED * settings.TIMER_SECONDS + 5)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["status"] == "The timer last ran 50 seconds ago."


def test_another_process_may_have_run_it(client: Client) -> None:
    beat(seconds_ago=3600)
    Heartbeat.objects.create(process="other")

    assert client.get("/healthz").status_code == 200


def test_a_timer_that_is_switched_off_is_not_missed(client: Client, settings: Settings) -> None:
    settings.TIMER = False

    assert client.get("/healthz").status_code == 200


def test_it_writes_nothing_and_opens_no_session(client: Client) -> None:
    assert not client.post("/healthz").cookies
    assert not Heartbeat.objects.exists()
