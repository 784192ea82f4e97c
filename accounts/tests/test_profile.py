from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, User
from accounts.tests.factories import PASSWORD, mails_sent
from accounts.tests.test_login import LOGIN, log_in
from mail.models import Mail

PROFILE = reverse("accounts:profile")
EMAIL = reverse("accounts:email")
DEACTIVATE = reverse("accounts:deactivate")
CONTACT = {"name": "Alice", "phone": "030 1", "street": "Hill 1", "city": "Bern"}


@pytest.fixture
def logged_in(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.mark.parametrize("url", [PROFILE, EMAIL, DEACTIVATE])
def test_strangers_are_asked_to_log_in(client: Client, db: None, url: str) -> None:
    for answer in (client.get(url), client.post(url)):
        assert answer.headers["Location"] == f"{LOGIN}?next={url}"


@pytest.mark.parametrize("url", [PROFILE, EMAIL, DEACTIVATE])
def test_other_methods_are_refused(logged_in: Client, url: str) -> None:
    assert logged_in.get(url).status_code == 200
    assert logged_in.delete(url).status_code == 405


@pytest.mark.parametrize("url", [PROFILE, EMAIL, DEACTIVATE, reverse("accounts:password_change")])
def test_no_browser_keeps_the_pages_of_an_account(logged_in: Client, url: str) -> None:
    assert "no-store" in logged_in.get(url).headers["Cache-Control"]


def test_profile_is_saved(logged_in: Client, alice: User) -> None:
    assert logged_in.post(PROFILE, {**CONTACT, "name": "Alice B."}).status_code == 302

    alice = User.objects.get()
    assert alice.name == "Alice B."
    assert alice.customer.address_lines == ["Hill 1", "Bern"]
    assert 'value="030 1"' in logged_in.get(PROFILE).text


def test_customer_is_made_by_saving_not_by_looking(logged_in: Client) -> None:
    Customer.objects.all().delete()

    logged_in.get(PROFILE)
    assert not Customer.objects.exists()

    logged_in.post(PROFILE, CONTACT)
    assert Customer.objects.get().phone == "030 1"


def test_profile_gives_nobody_rights_or_notes(logged_in: Client) -> None:
    Customer.objects.update(staff_notes="haggles")
    forged = {"staff_notes": "", "is_staff": "on", "email": "x@example.com", "user": "1"}
    logged_in.post(PROFILE, {**CONTACT, **forged})

    alice = User.objects.get()
    assert (alice.email, alice.is_staff) == ("alice@example.com", False)
    assert alice.customer.staff_notes == "haggles"
    assert "haggles" not in logged_in.get(PROFILE).text


@pytest.mark.parametrize("value", ["a\0b", "a\nb", "x" * 10_000])
@pytest.mark.parametrize("field", ["name", "phone", "street", "postcode", "city", "country_code"])
def test_strange_input_is_told(logged_in: Client, field: str, value: str) -> None:
    answer = logged_in.post(PROFILE, {**CONTACT, field: value})
    assert list(answer.context["form"].errors) == [field]


def test_pages_of_the_account_are_linked(logged_in: Client) -> None:
    page = logged_in.get(PROFILE).text
    names = [
        "store:order-list",
        "accounts:email",
        "accounts:password_change",
        "accounts:deactivate",
    ]
    assert all(f'href="{reverse(name)}"' in page for name in names)


def change_address(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(EMAIL, {"email": email, "password": password})


def test_new_address_needs_the_password(logged_in: Client, alice: User) -> None:
    answer = change_address(logged_in, "new@example.com", "wrong")

    assert list(answer.context["form"].errors) == ["password"]
    assert User.objects.get().email == alice.email


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@example.com ", "ann", "a\0@b.de"])
def test_new_address_must_be_another_and_right(logged_in: Client, email: str) -> None:
    answer = change_address(logged_in, email)

    assert list(answer.context["form"].errors) == ["email"]
    assert "alice@example.com" in answer.text


def test_account_is_closed(logged_in: Client, alice: User) -> None:
    answer = logged_in.post(DEACTIVATE, {"password": PASSWORD}, follow=True)

    assert "Your account is closed." in answer.text
    assert not answer.context["user"].is_authenticated
    assert log_in(Client()) == ""
    [letter] = mails_sent()
    assert (letter.to, letter.subject) == ([alice.email], "Your account at Repairshop is closed")


def test_closing_needs_the_password(logged_in: Client) -> None:
    answer = logged_in.post(DEACTIVATE, {"password": "wrong"})

    assert "This is not your password." in answer.text
    assert User.objects.get().is_active


def test_closing_works_while_the_mail_server_does_not(logged_in: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = logged_in.post(DEACTIVATE, {"password": PASSWORD})

    assert answer.status_code == 302
    assert mails_sent() == []
    assert "refused" in Mail.objects.queued().get().last_error
    assert not User.objects.get().is_active
