import os
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from outside.last_calls import note
from repairshop import timer
from repairshop.models import Heartbeat
from repairshop.tests.factories import LATE, ended_process, make_beat

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


@pytest.fixture
def client(client: Client, sam: User) -> Client:
    """Staff, who also read names and errors."""
    client.force_login(sam)
    return client


def ask(client: Client) -> tuple[int, str]:
    answer = client.get("/healthz")
    return answer.status_code, answer.json()["status"]


def listed(client: Client) -> list[str]:
    return [row["process"] for row in client.get("/healthz").json()["timers"]]


def test_it_tells_what_each_timer_has_done(client: Client) -> None:
    make_beat("web.1:7", seconds_ago=4, tidied=12)

    answer = client.get("/healthz")

    timers = [{"process": "web.1:7", "seconds_ago": 4, "tidied": 12, "last_error": ""}]
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "timers": timers})
    assert "no-store" in answer["Cache-Control"]


def test_one_query_is_all_it_asks(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_beat("web.1:7")
    make_beat("web.2:7", seconds_ago=LATE)

    with django_assert_num_queries(1):
        answer = Client().get("/healthz")

    assert answer.json() == {"status": "ok"}


def test_before_the_first_round_it_says_so(client: Client) -> None:
    assert ask(client) == (503, "The timer has not run yet.")


def test_a_timer_that_missed_three_rounds_is_reported_with_its_age(client: Client) -> None:
    make_beat("web.1:7", seconds_ago=50)

    assert ask(client) == (503, "The timer last ran 50 seconds ago.")


def test_a_late_timer_on_this_machine_is_red_beside_a_good_one(client: Client) -> None:
    make_beat("web.1:7")
    make_beat(timer.process_name(), seconds_ago=50)

    reason = f"The timer of {timer.process_name()} last ran 50 seconds ago."
    assert ask(client) == (503, reason)
    assert listed(client) == ["web.1:7", timer.process_name()]


def test_a_killed_process_is_neither_missed_nor_listed(client: Client) -> None:
    make_beat(timer.process_name())
    make_beat(ended_process(), seconds_ago=LATE)

    assert ask(client) == (200, "ok")
    assert listed(client) == [timer.process_name()]


def test_a_machine_that_is_gone_is_neither_missed_nor_listed(client: Client) -> None:
    make_beat(timer.process_name())
    make_beat(f"elsewhere:{os.getpid()}", seconds_ago=LATE)

    assert ask(client) == (200, "ok")
    assert listed(client) == [timer.process_name()]


def test_a_failed_round_is_red_and_names_the_kind_of_error_alone(client: Client) -> None:
    make_beat(
        "web.1:7", failing=True, last_error="advance_waitlists: ValueError: bob@example.com: no"
    )

    assert ask(client) == (503, "The last round of web.1:7 failed: advance_waitlists: ValueError.")
    assert "bob@example.com" not in client.get("/healthz").content.decode()


@pytest.mark.parametrize(
    ("beat", "part"),
    [
        (
            {"failing": True, "last_error": "sweep: KeyError: 'x'"},
            "The last round of a timer failed.",
        ),
        ({"seconds_ago": 50}, "A timer last ran 50 seconds ago."),
    ],
)
def test_strangers_read_which_part_fails_and_no_name(beat: dict[str, Any], part: str) -> None:
    make_beat("web.1:7")
    make_beat(timer.process_name(), **beat)

    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": part})


def test_customers_are_strangers_to_it(alice: User) -> None:
    make_beat("web.1:7")
    client = Client()
    client.force_login(alice)

    assert client.get("/healthz").json() == {"status": "ok"}


MAIL = "The mail server does not answer."


def test_a_service_that_another_process_found_silent_is_told_of(client: Client) -> None:
    make_beat("web.1:7", seconds_ago=4, outside={"SMTP": ["TimeoutError", 3], "S3": ["", 3]})

    assert Client().get("/healthz").json() == {"status": MAIL}
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, MAIL)
    silent = {"service": "SMTP", "last_error": "TimeoutError", "seconds_ago": 7}
    assert answer.json()["outside"] == [silent]


def test_the_last_call_of_all_processes_counts(client: Client) -> None:
    make_beat("web.1:7", seconds_ago=4, outside={"SMTP": ["TimeoutError", 3]})
    make_beat("web.2:7", seconds_ago=2, outside={"SMTP": ["", 4]})
    assert ask(client) == (200, "ok")

    note("SMTP", TimeoutError("mail.example.com"))
    assert ask(client) == (200, MAIL)
    assert "mail.example.com" not in client.get("/healthz").content.decode()


def test_a_failure_of_ten_minutes_ago_says_nothing_about_now(client: Client) -> None:
    make_beat("web.1:7", outside={"SMTP": ["TimeoutError", 590], "S3": ["TimeoutError", 600]})

    assert ask(client) == (200, MAIL)


def test_a_timer_that_fails_is_red_beside_a_silent_service(client: Client) -> None:
    make_beat("web.1:7", seconds_ago=50, outside={"SMTP": ["TimeoutError", 3]})

    assert ask(client) == (503, f"The timer last ran 50 seconds ago. {MAIL}")


def test_an_error_that_is_over_is_still_told(client: Client) -> None:
    make_beat("web.1:7", last_error="advance_waitlists: ValueError: no\nsweep: KeyError: 'x'")

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert (
        answer.json()["timers"][0]["last_error"] == "advance_waitlists: ValueError, sweep: KeyError"
    )


def test_a_database_that_is_away_is_the_reason(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any) -> None:
        raise DatabaseError("the password is wrong")

    with connection.execute_wrapper(fails):
        answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "The database does not answer."}


def test_a_timer_that_is_switched_off_is_not_missed(client: Client, settings: Settings) -> None:
    settings.TIMER = False

    assert ask(client) == (200, "ok")


def test_switched_off_here_the_loop_elsewhere_is_missed(client: Client, settings: Settings) -> None:
    settings.TIMER = False
    make_beat("worker.1:7", seconds_ago=50)

    assert ask(client) == (503, "The timer last ran 50 seconds ago.")


def test_after_a_day_an_old_loop_is_missed_no_more(client: Client, settings: Settings) -> None:
    settings.TIMER = False
    make_beat("worker.1:7", seconds_ago=25 * 3600)

    assert ask(client) == (200, "ok")


def test_it_writes_nothing_and_opens_no_session(client: Client) -> None:
    make_beat("web.1:7", seconds_ago=LATE)
    before = Heartbeat.objects.values().get()

    assert not client.post("/healthz").cookies
    assert Heartbeat.objects.values().get() == before


@pytest.mark.parametrize(
    ("age", "words"),
    [(1, "1 second ago"), (119, "119 seconds ago"), (7200, "2 hours ago"), (200_000, "2 days ago")],
)
def test_an_age_is_told_in_words(age: int, words: str) -> None:
    row = Heartbeat(process="web.1:7")
    row.age = timedelta(seconds=age)

    assert row.ago.replace("\xa0", " ") == words


def test_the_icon_is_where_browsers_look_for_it(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith(".svg")
