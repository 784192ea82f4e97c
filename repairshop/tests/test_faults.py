"""“We have been told” is true: what fails is counted by place, mailed, and on the desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test import Client

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from mail.models import Mail
from repairshop import faults, timer
from repairshop.faults import record, tell_faults
from repairshop.models import Fault
from store.models import ShopProfile

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.broken_urls")]
TOLD = "We have been told."
OWNER = "owner@example.com"


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def _shop_has_an_address() -> None:
    ShopProfile.objects.create(email=OWNER)


def broken(name: str = "ann@example.com owes 12") -> Exception:
    try:
        raise ValueError(name)
    except ValueError as error:
        return error


def test_who_reads_that_we_were_told_is_told_the_truth(visitor: Client) -> None:
    for _ in range(2):
        page = visitor.post("/fails/bug/?email=ann@example.com", {"name": "Ann Old"})

    assert page.status_code == 500
    assert TOLD in page.text
    fault = Fault.objects.get()
    assert (fault.kind, fault.times) == ("RuntimeError", 2)
    assert fault.place.startswith("tests/broken_urls.py:")
    assert page.headers["X-Request-ID"] == fault.request_id
    kept = " ".join(str(value) for value in vars(fault).values())
    assert not [word for word in ("ann@", "Ann", "a bug", "fails/bug") if word in kept]


def refuse(execute: Any, sql: str, *others: Any) -> Any:
    if "repairshop_fault" in sql:
        raise OperationalError("the disk is full")
    return execute(sql, *others)


def test_where_it_cannot_be_written_down_nobody_reads_that_it_was(visitor: Client) -> None:
    with connection.execute_wrapper(refuse):
        page = visitor.get("/fails/bug/")

    assert page.status_code == 500
    assert TOLD not in page.text
    assert "please write to us" in page.text


def test_a_database_that_is_away_is_not_asked_to_write_it_down(visitor: Client) -> None:
    page = visitor.get("/fails/database/")

    assert page.status_code == 503
    assert TOLD not in page.text
    assert not Fault.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_is_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def print_labels() -> int:
        raise RuntimeError("no paper")

    monkeypatch.setattr(timer, "JOBS", [print_labels])
    timer.run_jobs()

    assert Fault.objects.get().page == "print_labels"


@pytest.mark.on_both
def test_all_places_beyond_so_many_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "MOST_PLACES", 2)
    for page in ("a", "b", "c", "d", "a"):
        assert record(broken(), page=page)

    assert {fault.page: fault.times for fault in Fault.objects.all()} == {"a": 2, "b": 1, "": 2}


@pytest.mark.on_both
@pytest.mark.many_acts
@pytest.mark.usefixtures("_shop_has_an_address")
def test_the_owner_hears_of_it_once_a_day(settings: Any) -> None:
    assert tell_faults() == 0
    for page in ("store:item", "store:item", "store:list"):
        record(broken(), page=page)
    assert tell_faults() == 2
    mail = Mail.objects.get()
    assert mail.to == OWNER
    assert "ValueError · repairshop/tests/test_faults.py" in mail.text
    assert "store:item: 2 times" in mail.text
    assert "ann@example.com" not in mail.text

    record(broken(), page="store:item")
    assert tell_faults() == 0
    Fault.objects.update(mailed_at=Now() - timedelta(days=1))
    settings.ERRORS_TO = "me@example.com"
    assert tell_faults() == 1
    assert "store:item: once" in Mail.objects.get(to="me@example.com").text


def test_without_an_address_it_stands_on_the_desk(client: Client, sam: User) -> None:
    record(broken(), page="store:item")
    assert tell_faults() == 0

    client.force_login(make_staff("mary@example.com", group=MANAGERS))
    assert "place where the program has failed" in client.get("/admin/").text
    assert "store:item" in client.get("/admin/repairshop/fault/").text
    fault = f"/admin/repairshop/fault/{Fault.objects.get().pk}/"
    assert "store:item" in client.get(f"{fault}change/").text
    client.post(f"{fault}delete/", {"post": "yes"})
    assert not Fault.objects.exists()
    client.force_login(sam)
    assert client.get("/admin/repairshop/fault/").status_code == 403


def test_what_is_long_past_is_forgotten() -> None:
    record(broken(), page="old")
    Fault.objects.update(last_at=Now() - faults.KEPT_FOR)
    record(broken(), page="new")

    tell_faults()

    assert Fault.objects.get().page == "new"
