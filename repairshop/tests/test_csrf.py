"""Which forms are believed to come from pages of ours."""

import pytest
from django.test import Client
from django.urls import reverse

from store.models import Item, Piece

pytestmark = pytest.mark.django_db
OWN, FOREIGN = "http://testserver", "http://evil.example"


def add(item: Item, **headers: str) -> int:
    browser = Client(enforce_csrf_checks=True, headers=headers)
    return browser.post(reverse("bag:add", args=[item.pk])).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin", "origin": OWN},
        # Over plain HTTP browsers say no more than this.
        {"origin": OWN},
    ],
)
def test_a_page_of_ours_needs_no_token(clock: Item, headers: dict[str, str]) -> None:
    assert add(clock, **headers) == 302
    assert Piece.objects.held().count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "Same-Origin"},
        {"sec_fetch_site": "cross-site", "origin": OWN},
        {"origin": FOREIGN},
        {"origin": "null"},
        {"origin": "https://testserver"},
        {"origin": f"{OWN}.evil.example"},
        {"origin": f"{OWN}:8000"},
        {"referer": f"{OWN}/"},
    ],
)
def test_what_no_browser_vouches_for_needs_one(clock: Item, headers: dict[str, str]) -> None:
    assert add(clock, **headers) == 403
    assert not Piece.objects.held().exists()


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 302), ("same-site", 403), ("cross-site", 403)]
)
def test_more_time_is_given_to_a_page_of_ours(site: str, status: int) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"sec_fetch_site": site})

    assert browser.post(reverse("bag:renew")).status_code == status


def test_all_other_forms_need_one(clock: Item) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"sec_fetch_site": "same-origin"})

    assert browser.post(reverse("accounts:login"), {"username": "x"}).status_code == 403
    assert browser.post(reverse("bag:remove", args=[clock.pk])).status_code == 403


def test_an_old_browser_presses_once_more_and_loses_nothing(clock: Item) -> None:
    browser = Client(enforce_csrf_checks=True)
    path = reverse("bag:add", args=[clock.pk])

    page = browser.post(path, {"quantity": "1"})
    assert page.status_code == 403
    token = str(page.context["csrf_token"])
    answer = browser.post(path, {"quantity": "1", "csrfmiddlewaretoken": token})

    assert answer.status_code == 302
    assert Piece.objects.held().count() == 1
