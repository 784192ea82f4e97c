from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, mails_sent, make_user, quicker
from accounts.tests.test_login import log_in

REGISTER = reverse("accounts:register")
ANN = {"name": "Ann Smith", "email": "ann@example.com", "password": PASSWORD}


def errors(client: Client, **fields: Any) -> dict[str, list[str]]:
    """What a registration with these fields is refused for, by field."""
    answer = client.post(REGISTER, {**ANN, **fields})
    assert answer.status_code == 200
    refused: dict[str, list[str]] = answer.context["form"].errors
    return refused


def test_new_account_is_logged_in(client: Client, db: None) -> None:
    answer = client.post(REGISTER, ANN)

    assert answer.headers["Location"] == reverse("accounts:profile")
    assert client.get(reverse("accounts:profile")).context["user"].email == "ann@example.com"


def test_new_account_has_no_rights(client: Client, db: None) -> None:
    client.post(REGISTER, {**ANN, "is_staff": "on", "is_superuser": "on", "groups": "1"})

    ann = User.objects.get(email="ann@example.com")
    assert not ann.is_staff
    assert not ann.is_superuser
    assert not ann.groups.exists()


def test_next_is_followed_and_kept_on_the_way(client: Client, db: None) -> None:
    assert 'value="/checkout/"' in client.get(REGISTER, {"next": "/checkout/"}).text
    answer = client.post(REGISTER, {**ANN, "next": "/checkout/"})
    assert answer.headers["Location"] == "/checkout/"


@pytest.mark.parametrize("path", ["abc", "store:front", "["])
def test_next_is_an_address_and_no_name(client: Client, db: None, path: str) -> None:
    assert client.post(REGISTER, {**ANN, "next": path}).status_code == 302
    assert client.get(REGISTER, {"next": path}).status_code == 302


def test_next_leads_nowhere_else(client: Client, db: None) -> None:
    answer = client.post(REGISTER, {**ANN, "next": "https://evil.example/"})
    assert answer.headers["Location"] == reverse("accounts:profile")


def test_bag_survives_the_registration(client: Client, db: None) -> None:
    session = client.session
    session["bag"] = {"key": "k", "items": {}}
    session.save()
    client.post(REGISTER, ANN)

    assert client.session["bag"]["key"] == "k"
    assert client.session.session_key != session.session_key


@pytest.mark.parametrize("email", ["ann@example.com", " ANN@Example.com", "ａnn@example.com"])
def test_that_an_address_is_taken_is_told_to_its_mailbox_alone(
    client: Client, db: None, email: str
) -> None:
    make_user("ann@example.com", name="Owner")

    answer = client.post(REGISTER, {**ANN, "email": email}, follow=True)

    assert "If there is an account with this address" in answer.text
    assert User.objects.get().name == "Owner"
    assert "_auth_user_id" not in client.session
    [letter] = mails_sent()
    assert letter.to == ["ann@example.com"]
    assert "/accounts/reset/" in str(letter.body)


def test_an_address_taken_in_the_last_moment_is_answered_alike(client: Client, db: None) -> None:
    with quicker("ann@example.com"):
        answer = client.post(REGISTER, ANN)

    assert answer.headers["Location"] == reverse("accounts:password_reset_done")


def test_accounts_are_opened_so_often_from_one_network(client: Client, db: None) -> None:
    for number in range(20):
        Client().post(REGISTER, {**ANN, "email": f"ann{number}@example.com"})

    answer = client.post(REGISTER, ANN)

    assert answer.status_code == 429
    assert "often enough from here" in answer.text
    assert 'value="ann@example.com"' in answer.text
    assert User.objects.count() == 20
    elsewhere = client.post(REGISTER, ANN, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \t "),
        ("name", "A\0nn"),
        ("name", "Ann\nBcc: bob@example.com"),
        ("name", "\u200b"),
        ("name", "x" * 10_000),
        ("email", "ann"),
        ("email", "a\0nn@example.com"),
        ("email", "аnn@example.com"),
        ("email", "ann@b＠example.com"),
        ("email", "x" * 10_000 + "@example.com"),
        ("password", ""),
        ("password", "short"),
        ("password", "password"),
        ("password", "ann smith"),
        ("password", "ann@example.com"),
        ("password", "long enough but\0"),
    ],
)
def test_strange_input_is_told_beside_its_field(
    client: Client, db: None, field: str, value: str
) -> None:
    assert list(errors(client, **{field: value})) == [field]
    assert not User.objects.exists()


def test_what_was_typed_is_kept_but_for_the_password(client: Client, db: None) -> None:
    page = client.post(REGISTER, {**ANN, "email": "ann"}).text

    assert 'value="Ann Smith"' in page
    assert PASSWORD not in page


def test_blanks_around_are_dropped(client: Client, db: None) -> None:
    client.post(REGISTER, {**ANN, "name": "  Ann Smith ", "email": " Ann@Example.com "})

    assert User.objects.get(email="ann@example.com").name == "Ann Smith"


@pytest.mark.parametrize("odd", ["\u202c", "\u200b", "\u2060", "\u00ad", "\ufeff", "\u00a0"])
def test_what_nobody_sees_is_no_part_of_an_account(client: Client, db: None, odd: str) -> None:
    client.post(REGISTER, {**ANN, "name": f"Ann{odd} Smith", "email": f"ann@example.com{odd}"})

    user = User.objects.get()
    assert (user.name, user.email) == ("Ann Smith", "ann@example.com")
    assert log_in(Client(), f"{odd}ann@example.com")


@pytest.mark.parametrize("email", ["ann@bücher.example", "ann@xn--bcher-kva.example"])
def test_both_spellings_of_a_domain_are_one_account(client: Client, db: None, email: str) -> None:
    make_user("ann@bücher.example")

    client.post(REGISTER, {**ANN, "email": email})

    assert User.objects.count() == 1
    assert log_in(Client(), email)


def test_a_password_is_taken_to_the_last_character(client: Client, db: None) -> None:
    client.post(REGISTER, {**ANN, "password": f"{PASSWORD}\u200b"})

    assert User.objects.get().check_password(f"{PASSWORD}\u200b")


def test_who_is_logged_in_is_sent_on(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(REGISTER).headers["Location"] == reverse("accounts:profile")


def test_register_refuses_other_methods(client: Client, db: None) -> None:
    assert client.delete(REGISTER).status_code == 405


@pytest.mark.parametrize("domain", ["-ü.de", "xn--ü.de", f"{'ü' * 70}.de", "a☃\u0300.com"])
def test_an_address_to_which_nothing_can_be_sent_is_refused(
    client: Client, db: None, domain: str
) -> None:
    assert errors(client, email=f"ann@{domain}") == {"email": ["Enter a valid email address."]}
