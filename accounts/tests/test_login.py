import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user, work_of

LOGIN = reverse("accounts:login")
PROFILE = reverse("accounts:profile")


def log_in(client: Client, email: str = "alice@example.com", **extra: str) -> str:
    """Try to log in; return where it leads, or an empty string when it fails."""
    answer = client.post(LOGIN, {"username": email, "password": PASSWORD, **extra})
    return answer.headers.get("Location", "")


def test_log_in_leads_to_the_profile(client: Client, alice: User) -> None:
    assert log_in(client) == PROFILE
    assert client.get(PROFILE).status_code == 200


@pytest.mark.parametrize(
    "typed", ["ALICE@example.com", " alice@Example.COM ", "ａｌｉｃｅ@example.com"]
)
def test_spelling_of_the_address_does_not_matter(client: Client, alice: User, typed: str) -> None:
    assert log_in(client, typed) == PROFILE


@pytest.mark.parametrize(
    "typed", ["", "alice", "аlice@example.com", "alice\0@example.com", "x" * 10_000 + "@b.de"]
)
def test_strange_addresses_get_an_answer(client: Client, alice: User, typed: str) -> None:
    answer = client.post(LOGIN, {"username": typed, "password": PASSWORD})

    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_wrong_password_is_told(client: Client, alice: User) -> None:
    answer = client.post(LOGIN, {"username": alice.email, "password": "wrong"})

    assert "There is no account with this e-mail address and this password." in answer.text


def test_page_helps_password_managers(client: Client, db: None) -> None:
    page = client.get(LOGIN).text

    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_next_is_followed(client: Client, alice: User) -> None:
    assert log_in(client, next="/orders/") == "/orders/"


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "javascript:alert(1)", LOGIN, "\0", "///x"]
)
def test_next_leads_neither_away_nor_in_a_circle(client: Client, alice: User, away: str) -> None:
    assert log_in(client, next=away) == PROFILE


def test_who_is_logged_in_is_sent_on(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.get(LOGIN, {"next": "/orders/"}).headers["Location"] == "/orders/"
    assert client.get(LOGIN, {"next": LOGIN}).headers["Location"] == PROFILE


def test_who_was_deactivated_stays_out(client: Client, alice: User) -> None:
    client.force_login(alice)
    User.objects.update(is_active=False)

    assert client.get(PROFILE).status_code == 302
    assert log_in(client) == ""


def test_bag_survives_the_log_in(client: Client, alice: User) -> None:
    session = client.session
    session["bag"] = {"key": "k", "items": {}}
    session.save()
    log_in(client)

    assert client.session["bag"]["key"] == "k"
    assert client.session.session_key != session.session_key


def test_log_out_ends_the_session(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post(reverse("accounts:logout"))

    assert "You are logged out" in answer.text
    assert client.get(PROFILE).status_code == 302


def test_log_out_by_a_mere_link_is_refused(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.get(PROFILE).status_code == 200


def test_log_in_refuses_other_methods(client: Client, db: None) -> None:
    assert client.delete(LOGIN).status_code == 405


@pytest.mark.parametrize("email", ["alice@example.com", "closed@example.com", "waits@example.com"])
def test_a_wrong_log_in_is_the_same_work_for_every_address(alice: User, email: str) -> None:
    make_user("closed@example.com", is_active=False)
    new = {"name": "Ann", "email": "waits@example.com", "password": "violet-harbour-39"}
    Client().post(reverse("accounts:register"), new)

    nobody, somebody = (work_of(LOGIN, username=each) for each in ("nobody@example.com", email))

    assert somebody == nobody


def test_log_in_leads_staff_to_the_front_desk(client: Client, sam: User) -> None:
    assert log_in(client, sam.email) == reverse("admin:index")
    assert log_in(Client(), sam.email, next=PROFILE) == PROFILE
