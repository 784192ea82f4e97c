"""Long enough, found out nowhere, not the shop's name; no rules about digits and signs."""

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from mail.outbox import SENDERS


class Sender:
    name = "Hare & Hollow"


@pytest.fixture(autouse=True)
def _shop(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setitem(SENDERS, "shop", Sender)
    settings.ALLOWED_HOSTS = ["antiques.example.com", "testserver"]


def refusals(password: str, *, staff: bool = False) -> list[str]:
    user = User(email="ann@example.com", name="Ann Ashdown", is_staff=staff)
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        return [str(error.code) for error in refusal.error_list]
    return []


@pytest.mark.parametrize(
    "password", ["violet harbour", "ffgkzzwb", "äöü-ßñ-жы", "     ö     x", "12 oak chairs"]
)
def test_what_is_long_and_not_known_is_taken(password: str) -> None:
    assert refusals(password) == []


def test_staff_need_more_characters() -> None:
    assert refusals("vxqzkwpl", staff=True) == ["password_too_short"]
    assert refusals("vxqzkwplmrt", staff=True) == ["password_too_short"]
    assert refusals("vxqzkwplmrtg", staff=True) == []
    assert refusals("vxqzkwp") == ["password_too_short"]


@pytest.mark.parametrize("password", ["password", "iloveyou", "12345678", "Sunshine"])
def test_common_ones_are_refused(password: str) -> None:
    assert "password_too_common" in refusals(password)


@pytest.mark.parametrize("password", ["password1234", "1q2w3e4r5t6y", "Welcome12345", "iloveyou12"])
def test_breached_ones_are_refused(password: str) -> None:
    assert "password_breached" in refusals(password)


@pytest.mark.parametrize(
    "password", ["HareHollow2026!", "hare & hollow 1", "antiques-12345", "Repairshop#99"]
)
def test_the_name_of_the_shop_is_refused(password: str) -> None:
    assert "password_of_the_shop" in refusals(password)


def test_the_name_of_the_shop_may_be_a_part() -> None:
    assert refusals("hare & hollow under a full moon") == []


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["/accounts/login/", "/admin/login/"])
@pytest.mark.parametrize(("password", "is_asked"), [("vxqzkwpl", True), ("vxqzkwplmrtg", False)])
def test_staff_with_a_short_one_are_asked_for_another(
    client: Client, sam: User, login: str, password: str, is_asked: bool
) -> None:
    sam.set_password(password)
    sam.save()

    sent = {"username": sam.email, "password": password, "next": "/admin/"}
    page = client.post(login, sent, follow=True)

    assert page.request["PATH_INFO"] == "/admin/"
    assert ("shorter than those of staff must be" in page.text) is is_asked
