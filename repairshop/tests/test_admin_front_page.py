"""The timer on the front page of the admin."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from repairshop.tests.factories import LATE, make_beat

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_staff("mary@example.com", group=MANAGERS))
    return client


def front_page(client: Client) -> str:
    """Its words, one space between two."""
    return " ".join(client.get("/admin/").content.decode().split())


def test_a_manager_sees_when_each_timer_ran_and_what_it_did(manager: Client) -> None:
    make_beat("web.1:7", seconds_ago=4, tidied=1)
    make_beat("web.1:8", seconds_ago=9, tidied=12)

    page = front_page(manager)

    assert "web.1:7" in page
    assert "Ran 4 seconds ago" in page
    assert "1 hold tidied since" in page
    assert "12 holds tidied since" in page
    assert "No error" in page
    assert 'role="alert"' not in page


def test_the_last_error_is_told_whole_with_its_time(manager: Client) -> None:
    at = timezone.localtime().replace(minute=5)
    make_beat("web.1:7", last_error="sweep: KeyError: <b>", last_error_at=at)

    page = front_page(manager)

    assert f"{at:%H}:05: sweep: KeyError: &lt;b&gt;" in page
    assert 'class="error"' not in page


def test_what_is_wrong_is_said_in_red_on_top(manager: Client) -> None:
    make_beat(
        "web.1:7", failing=True, last_error="sweep: KeyError: 3", last_error_at=timezone.now()
    )

    page = front_page(manager)

    assert 'role="alert">The last round of web.1:7 failed: sweep: KeyError.</p>' in page
    assert page.count('class="error"') == 1


def test_without_a_timer_it_says_so(manager: Client) -> None:
    page = front_page(manager)

    assert "The timer has not run yet." in page
    assert "No timer is running." in page


def test_shop_staff_read_what_is_wrong_and_no_more(client: Client, sam: User) -> None:
    client.force_login(sam)
    make_beat("web.1:7", seconds_ago=LATE, last_error="sweep: KeyError: 3")

    page = front_page(client)

    assert "The timer last ran 50 seconds ago." in page
    assert "timer-title" not in page
    assert "KeyError" not in page
