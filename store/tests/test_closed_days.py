from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.forms import ValidationError
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, make_aware
from pytest_django import DjangoAssertNumQueries

from store.admin.closed_days_field import ClosedDaysField, ClosedDaysInput
from store.closed_days import ClosedDays, open_time, time_of_open_days
from store.models import ShopProfile
from store.tests.admin_steps import PROFILE_DATA
from store.tests.factories import offer_languages

DAY = timedelta(days=1)
HOLIDAYS = [
    ClosedDays(date(2026, 12, 24), date(2026, 12, 27)),
    ClosedDays(date(2026, 12, 28), date(2026, 12, 28)),
    ClosedDays(date(2026, 12, 31), date(2027, 1, 1)),
]


@pytest.mark.parametrize(
    ("since", "days", "ends"),
    [
        (date(2026, 12, 10), 7, date(2026, 12, 17)),
        # 23, 29, 30, 2.
        (date(2026, 12, 22), 4, date(2027, 1, 2)),
        (date(2026, 12, 22), 1, date(2026, 12, 23)),
        # The last of the days is never a closed one.
        (date(2026, 12, 22), 2, date(2026, 12, 29)),
        (date(2026, 12, 25), 1, date(2026, 12, 29)),
        (date(2026, 12, 25), 0, date(2026, 12, 29)),
        (date(2026, 12, 29), 0, date(2026, 12, 29)),
    ],
)
def test_only_open_days_count(since: date, days: int, ends: date) -> None:
    assert since + time_of_open_days(days, HOLIDAYS, since=since) == ends


@pytest.mark.parametrize(
    ("weekdays", "days", "ends"),
    [
        # 22, 23, 29: after the holidays Monday the 28th is closed anyway.
        ([0], 3, date(2026, 12, 29)),
        # 22, 23 and 30, not Tuesday the 29th.
        ([0, 1], 2, date(2026, 12, 30)),
        # Never open: as if nothing was said.
        ([0, 1, 2, 3, 4, 5, 6], 3, date(2026, 12, 29)),
    ],
)
def test_days_closed_every_week_do_not_count(weekdays: list[int], days: int, ends: date) -> None:
    since = date(2026, 12, 21)
    assert since + time_of_open_days(days, HOLIDAYS, weekdays, since=since) == ends


def test_what_would_end_on_a_monday_ends_on_the_day_after() -> None:
    monday = make_aware(datetime.combine(date(2026, 11, 30), time(18)))

    assert open_time(monday, [], [0]) == monday + DAY
    assert open_time(monday, [], [1]) == monday


def test_the_profile_keeps_the_days_of_every_week(admin_client: Client) -> None:
    address = reverse("admin:store_shopprofile_changelist")

    page = admin_client.post(address, {**PROFILE_DATA, "closed_weekdays": [*range(7)]}).text
    assert "A shop is open on one day at least." in page

    admin_client.post(address, {**PROFILE_DATA, "closed_weekdays": ["0", "6"]})
    shop = ShopProfile.get_solo()
    assert shop.closed_weekdays == [0, 6]
    sunday = make_aware(datetime.combine(date(2026, 11, 29), time(12)))
    assert shop.open_time(sunday) == sunday + 2 * DAY
    page = admin_client.get(address).text
    assert page.count("checked") == page.count('name="closed_weekdays"') - 5 == 2


def test_what_would_end_on_a_closed_day_ends_at_that_time_of_the_next_open_one() -> None:
    def at(day: int, clock: time = time(18, 30)) -> datetime:
        return make_aware(datetime.combine(date(2026, 12, day), clock))

    assert open_time(at(24), HOLIDAYS) == at(29)
    assert open_time(at(23), HOLIDAYS) == at(23)
    # By the shop's day, not by that of Greenwich.
    late = at(23, time(23, 50))
    assert open_time(late, HOLIDAYS) == late


def closed(*rows: ClosedDays) -> ShopProfile:
    profile = ShopProfile.get_solo()
    profile.closed_days = [days.row for days in rows]
    profile.save()
    return profile


def test_pages_tell_of_it_from_two_weeks_before_until_it_ends(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today, words = localdate(), "We make holiday <3"

    def page(first: int, last: int) -> str:
        closed(ClosedDays(today + first * DAY, today + last * DAY, words))
        return client.get("/terms/").content.decode()

    assert "We are closed from" in page(14, 20)
    assert "We make holiday &lt;3" in page(-3, 0)
    assert "We are closed on" in page(1, 1)
    assert "We are closed" not in page(15, 20)
    assert "We are closed" not in page(-3, -1)
    page(1, 1)
    with django_assert_num_queries(0):
        client.get("/terms/")


def test_customers_are_told_in_their_language(admin_client: Client, client: Client) -> None:
    offer_languages("de", "fr")
    address, tomorrow = reverse("admin:store_shopprofile_changelist"), localdate() + DAY
    row = {"first": str(tomorrow), "notice": "Gone.", "notice-de": "Wir erfinden."}
    days = {f"closed_days-{part}": text for part, text in row.items()}

    admin_client.post(address, {**PROFILE_DATA, **days, "further_languages": ["de", "fr"]})

    assert [row.row["others"] for row in ShopProfile.get_solo().closed] == [{"de": "Wir erfinden."}]
    assert "Wir erfinden." in client.get("/de/terms/").text
    assert 'lang="en">Gone.' in client.get("/fr/terms/").text.replace("\n", "")
    page = admin_client.get(address).text
    assert page.count('value="Wir erfinden."') == 1
    assert page.count('name="closed_days-notice-fr"') == page.count('name="closed_days-last"')


def typed(*rows: tuple[str, str, str]) -> Any:
    data = QueryDict(mutable=True)
    for part, values in zip(("first", "last", "notice"), zip(*rows, strict=True), strict=True):
        data.setlist(f"closed_days-{part}", [*values])
    return ClosedDaysInput().value_from_datadict(data, {}, "closed_days")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("2026-12-24", "2026-12-23", ""), "before the first"),
        (("2026-12-24", "2028-01-01", ""), "longer than a year"),
        (("9999-12-01", "9999-12-31", ""), "five years"),
        (("32 December", "", ""), "“32 December” is no day"),
        (("", "", "Closed for good"), "Say which days"),
        (("2026-12-24", "", "x" * 301), "at most 300"),
    ],
)
def test_days_that_cannot_be_are_refused_by_their_line(
    row: tuple[str, str, str], reason: str
) -> None:
    with pytest.raises(ValidationError, match=f"Line 2: .*{reason}"):
        ClosedDaysField().clean(typed(("2026-12-24", "", ""), row))


def test_staff_type_them_and_lose_nothing_by_an_error(admin_client: Client) -> None:
    address = reverse("admin:store_shopprofile_changelist")
    data = {
        **PROFILE_DATA,
        "closed_days-first": ["2026-12-24", "", "2026-08-03"],
        "closed_days-last": ["2026-12-20", "", ""],
        "closed_days-notice": ["Merry <3", "", ""],
    }
    page = admin_client.post(address, data).content.decode()
    assert "Line 1: The last day is before the first one." in page
    assert 'value="2026-12-24"' in page
    assert 'value="2026-12-20"' in page
    assert 'value="Merry &lt;3"' in page

    data["closed_days-last"] = ["2026-12-31", "", ""]
    assert admin_client.post(address, data).status_code == 302
    assert ShopProfile.get_solo().closed == [
        ClosedDays(date(2026, 8, 3), date(2026, 8, 3)),
        ClosedDays(date(2026, 12, 24), date(2026, 12, 31), "Merry <3"),
    ]
    assert 'value="2026-12-31"' in admin_client.get(address).content.decode()
