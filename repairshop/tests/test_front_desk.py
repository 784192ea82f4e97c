"""The front desk: what needs doing, counted as the lists show it, for whom it is meant."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from desk.rows import Row, due_for
from repairshop.front_desk.rows import ROWS
from repairshop.tests.desk_world import fill
from repairshop.tests.factories import make_beat

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def number(building: Callable[[], AbstractContextManager[None]]) -> int:
    """That of a manager in whose shop everything is to be done."""
    with building():
        user = make_staff("mary@example.com", group=MANAGERS)
        fill(user, make_user("alice@example.com"))
        return user.pk


@pytest.fixture
def mary(client: Client, number: int, db: None) -> User:
    """This manager, logged in."""
    user = User.objects.get(pk=number)
    client.force_login(user)
    return user


def listed(client: Client, row: Row) -> set[Any]:
    """The numbers of what the list shows to which a row leads."""
    context = client.get(row.address).context
    if "cl" in context:
        assert context["cl"].result_count == len(context["cl"].result_list)
        return {each.pk for each in context["cl"].result_list}
    shown = context[row.query.removeprefix("?show=")]
    return {each[1] if isinstance(each, tuple) else each.pk for each in shown}


def test_every_row_counts_what_its_list_shows(client: Client, mary: User) -> None:
    counts = {due.row.name: due.number for due in due_for(mary, ROWS)}

    for row in ROWS:
        assert counts[row.name] == len(listed(client, row)), row.name
    # Of each kind there is something here that is not counted, too.
    assert min(counts.values()) > 0
    assert counts["orders-send"] == counts["tasks"] == 2


def test_every_row_counts_the_rows_of_its_list_themselves(client: Client, mary: User) -> None:
    for row in ROWS:
        if row.name != "disputes":
            assert {each.pk for each in row.rows(mary)} == listed(client, row), row.name


def test_what_is_late_stands_first_with_its_age(client: Client, mary: User) -> None:
    due = due_for(mary, ROWS)

    assert [each.row.urgency for each in due] == sorted(each.row.urgency for each in due)
    ages = {each.row.name: each.age for each in due}
    assert ages["quotes-unanswered"] == "for 2\xa0weeks"
    assert ages["orders-late"] == "for 2\xa0hours"
    page = client.get("/admin/").text
    assert page.index("?todo=late") < page.index("?todo=send")


def test_each_group_sees_its_own_work(client: Client, mary: User, sam: User, wren: User) -> None:
    seen = {user: {due.row.name for due in due_for(user, ROWS)} for user in (sam, wren, mary)}

    assert {"orders-send", "questions", "reservations"} <= seen[sam]
    assert not {name for name in seen[sam] if name.startswith(("tickets", "quotes", "tasks"))}
    assert {"tickets-to-answer", "deposits"} <= seen[wren]
    others = ("orders", "invoices", "questions", "refunds", "holds", "without", "disputes")
    assert not {name for name in seen[wren] if name.startswith(others)}
    assert seen[sam] | seen[wren] <= seen[mary]


def test_no_row_leads_its_reader_to_a_refusal(client: Client, sam: User, wren: User) -> None:
    for user in (sam, wren):
        client.force_login(user)
        for row in ROWS:
            if user.has_perms(row.permissions):
                assert client.get(row.address).status_code == 200, row.name


def test_somebody_without_rights_is_told_of_nothing(client: Client, mary: User, sam: User) -> None:
    sam.groups.clear()
    client.force_login(sam)

    page = client.get("/admin/").text
    assert "Nothing is waiting for you." in page
    assert "takings" not in page


def test_twelve_queries_for_the_whole_desk(
    client: Client, mary: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_beat("web.1:7")
    client.get("/admin/")

    with django_assert_max_num_queries(12):
        page = client.get("/admin/").text
    assert page.count("desk__count") == len(ROWS)


def test_the_lists_stand_in_the_order_of_the_work(client: Client, mary: User) -> None:
    groups = client.get("/admin/").context["app_list"]

    names = [[str(model["name"]) for model in group["models"]] for group in groups]
    assert [str(group["name"]) for group in groups][:3] == ["Sell", "Mend", "Money"]
    assert names[0][:3] == ["Orders", "Questions about things", "Shipping on request"]
    assert names[4] == [
        "Name, address, bank, tax, legal texts",
        "Shipping zones and prices",
        "How long data is kept",
        "Security log",
    ]
    assert [str(group["name"]) for group in groups if group["is_folded"]] == ["Machinery"]
    assert names[-1][:2] == ["Timer", "Events from Stripe"]


def test_only_who_runs_the_shop_reads_of_its_machinery(
    client: Client, mary: User, sam: User
) -> None:
    make_beat("web.1:7")
    assert "The machinery is well" in client.get("/admin/").text
    client.force_login(sam)
    page = client.get("/admin/")
    assert "Machinery" not in [str(group["name"]) for group in page.context["app_list"]]
    assert "machinery is well" not in page.text

    make_beat("web.1:8", failing=True, last_error="sweep: KeyError: 3")
    assert 'class="errornote" role="alert">The last round' in client.get("/admin/").text
