"""What strangers may set off in an hour and a day."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.test import RequestFactory
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django.fixtures import Settings

from accounts import limits
from accounts.limits import DRAFTS, MESSAGES, Limit, TooOften, check_limit
from accounts.models import User
from bag.models import RateLimit

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]
ALL = [each for each in vars(limits).values() if isinstance(each, Limit)]
HOUR = timedelta(hours=1)


def allowed(
    limit: Limit, times: int, target: str = "", user: Any = None, at: str = "9.9.9.9"
) -> int:
    """How many of so many are taken."""
    request = RequestFactory().post("/", REMOTE_ADDR=at)
    request.user = user or AnonymousUser()
    taken = 0
    for _time in range(times):
        try:
            check_limit(limit, request, target)
        except TooOften:
            break
        taken += 1
    return taken


@pytest.mark.parametrize(
    ("others", "taken"),
    [
        (["ann+1@example.com", "ANN+2@Example.com", "ann@example.com"], 0),
        (["ann+1@example.org", "anna@example.com", "+1@example.com", "ticket 5"], 1),
    ],
)
def test_labels_of_one_mailbox_are_one_target(others: list[str], taken: int) -> None:
    assert allowed(MESSAGES, 99, "ann+0@example.com") == MESSAGES.per_target

    assert [allowed(MESSAGES, 1, each, at="8.8.8.8") for each in others] == [taken] * len(others)


@pytest.mark.parametrize(("is_checked", "taken"), [(True, MESSAGES.per_target), (False, 0)])
def test_strangers_use_up_nothing_of_an_account_about_its_own_address(
    alice: User, is_checked: bool, taken: int
) -> None:
    if not is_checked:
        alice.email_checked_at = None
    for number in range(2):
        allowed(MESSAGES, 99, "alice@example.com", at=f"8.8.8.{number}")

    assert allowed(MESSAGES, 99, "Alice@example.com", user=alice) == taken
    assert allowed(MESSAGES, 99, "alice@example.com", user=alice, at="8.8.8.7") == 0


def pass_by(time: timedelta) -> None:
    RateLimit.objects.update(used_until=F("used_until") - time)


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: limit.name)
def test_each_limit_holds_from_a_network_by_an_account_and_at_a_target(
    settings: Settings, alice: User, limit: Limit
) -> None:
    setattr(settings, limit.setting, 4)
    a_target = limit._replace(per_target=3)

    assert allowed(limit, 9, at="2003:e7:1::1") == 4
    assert allowed(limit, 9, at="2003:e7:1::2") == 0
    assert [allowed(limit, 4, user=alice, at=f"9.9.9.{n}") for n in range(4)] == [4, 0, 0, 0]
    assert [allowed(a_target, 2, "one", at=f"8.8.8.{n}") for n in range(3)] == [2, 1, 0]


def test_a_day_has_room_for_less_than_its_hours(settings: Settings) -> None:
    settings.DRAFTS_PER_HOUR_PER_ADDRESS = 2
    taken = 0
    for _hour in range(7):
        taken += allowed(DRAFTS, 3)
        pass_by(HOUR)

    # Five hours' worth, and what a day's share gives back meanwhile.
    assert 10 <= taken <= 13


def test_what_is_too_often_for_today_says_when_with_its_day(settings: Settings) -> None:
    settings.DRAFTS_PER_HOUR_PER_ADDRESS = 1
    tomorrow = timezone.now() + timedelta(days=1)
    said = TooOften(DRAFTS, tomorrow).sentence

    assert date_format(timezone.localtime(tomorrow), "SHORT_DATETIME_FORMAT") in said


def test_more_at_once_than_a_day_allows_is_taken_once(settings: Settings) -> None:
    settings.MESSAGES_PER_HOUR_PER_ADDRESS = 5
    request = RequestFactory().post("/", REMOTE_ADDR="9.9.9.9")
    request.user = AnonymousUser()
    check_limit(MESSAGES, request, "", 1_000_000)

    with pytest.raises(TooOften):
        check_limit(MESSAGES, request, "")


def test_the_name_of_each_limit_fits_into_its_row() -> None:
    """SQLite writes any length."""
    longest: Any = RateLimit._meta.get_field("holder").max_length

    assert [each.name for each in ALL if len(f"{each.name} from ") + 64 > longest] == []
