from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.addresses import is_checked
from accounts.models import User
from accounts.registering import forget_waiting, make_room_for
from accounts.tests.factories import PASSWORD, link_in_mail, mails_sent, make_user, quicker, work_of
from accounts.tests.test_login import log_in
from mail.models import Mail
from tests.crowd import just_before

REGISTER = reverse("accounts:register")
SENT = reverse("accounts:register-sent")
ANN = {"name": "Ann Smith", "email": "ann@example.com", "password": PASSWORD}
MALLORY = {**ANN, "name": "Mallory", "password": "what mallory knows"}


def errors(client: Client, **fields: Any) -> dict[str, list[str]]:
    """What a registration with these fields is refused for, by field."""
    answer = client.post(REGISTER, {**ANN, **fields})
    assert answer.status_code == 200
    refused: dict[str, list[str]] = answer.context["form"].errors
    return refused


def test_who_follows_the_link_is_logged_in(client: Client, db: None) -> None:
    answer = client.post(REGISTER, ANN)

    assert answer.headers["Location"] == SENT
    assert "_auth_user_id" not in client.session
    link = link_in_mail()
    page = client.get(link)
    assert "ann@example.com" in page.text
    assert 'type="password"' not in page.text
    assert not is_checked(User.objects.get())
    assert client.post(link).headers["Location"] == reverse("accounts:profile")
    assert client.get(reverse("accounts:profile")).context["user"].email == "ann@example.com"
    assert is_checked(User.objects.get())


def test_who_opens_an_account_is_welcome_once(client: Client, db: None) -> None:
    client.post(REGISTER, ANN)
    link = link_in_mail()

    assert "Welcome: your account is open." in client.post(link, follow=True).text
    client.post(link)
    mail = Mail.objects.get(event="accounts.welcome")
    assert mail.to == "ann@example.com"
    assert "Hello Ann Smith" in mail.text


def test_nobody_is_let_in_before(client: Client, db: None) -> None:
    client.post(REGISTER, ANN)
    assert log_in(Client(), "ann@example.com") == ""

    client.post(link_in_mail())

    assert log_in(Client(), "ann@example.com")


def test_another_browser_has_to_know_the_password(client: Client, db: None) -> None:
    client.post(REGISTER, ANN)
    link, elsewhere = link_in_mail(), Client()

    assert 'type="password"' in elsewhere.get(link).text
    for wrong in ("", "another pass phrase"):
        assert list(elsewhere.post(link, {"password": wrong}).context["form"].errors) == [
            "password"
        ]
    assert not is_checked(User.objects.get())
    assert elsewhere.post(link, {"password": PASSWORD}).status_code == 302
    assert "_auth_user_id" in elsewhere.session


def test_the_owner_lets_no_stranger_in(client: Client, db: None) -> None:
    """Whoever opened the account first, with a password of theirs, is not in what becomes of it."""
    stranger = Client()
    stranger.post(REGISTER, MALLORY)
    first = link_in_mail()
    client.post(REGISTER, ANN)

    assert "does not work any more" in client.get(first).text
    assert "does not work any more" in client.post(first).text
    client.post(link_in_mail())

    assert User.objects.get().name == "Ann Smith"
    assert User.objects.get().check_password(PASSWORD)
    assert stranger.get(reverse("accounts:profile")).status_code == 302


def test_a_stranger_who_comes_second_is_not_let_in_either(client: Client, db: None) -> None:
    client.post(REGISTER, ANN)
    Client().post(REGISTER, MALLORY)

    page = client.post(link_in_mail())

    assert list(page.context["form"].errors) == ["password"]
    assert not is_checked(User.objects.get())


@pytest.mark.many_acts
def test_a_stranger_who_registers_while_it_is_opened_changes_nothing(
    client: Client, db: None
) -> None:
    client.post(REGISTER, ANN)
    link = link_in_mail()

    with just_before('UPDATE "accounts_user"', lambda: client.post(link)):
        assert Client().post(REGISTER, MALLORY).headers["Location"] == SENT

    ann = User.objects.get()
    assert (ann.name, ann.check_password(PASSWORD)) == ("Ann Smith", True)
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert mails_sent()[-1].subject == "You have an account at Repairshop already"


def test_a_link_opens_nothing_that_a_stranger_has_registered_meanwhile(
    client: Client, db: None
) -> None:
    client.post(REGISTER, ANN)
    link = link_in_mail()

    with just_before('UPDATE "accounts_user"', lambda: Client().post(REGISTER, MALLORY)):
        page = client.post(link)

    assert "does not work any more" in page.text
    assert "_auth_user_id" not in client.session
    assert User.objects.get().is_waiting


@pytest.mark.parametrize("let_go", [forget_waiting, lambda: make_room_for(ANN["email"])])
def test_what_is_opened_meanwhile_is_not_let_go(
    client: Client, db: None, let_go: Callable[[], object]
) -> None:
    client.post(REGISTER, ANN)
    User.objects.update(date_joined=timezone.now() - timedelta(days=15))

    with just_before("SAVEPOINT", lambda: User.objects.update(password="opened")):
        let_go()

    assert User.objects.get().password == "opened"


def test_passwords_behind_a_link_are_tried_so_often(client: Client, db: None) -> None:
    client.post(REGISTER, ANN)
    link, elsewhere = link_in_mail(), Client()
    for _ in range(10):
        elsewhere.post(link, {"password": "wrong"})

    assert "often enough" in elsewhere.post(link, {"password": PASSWORD}).text
    assert not is_checked(User.objects.get())


def test_a_link_is_good_for_three_days(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(REGISTER, ANN)
    link = link_in_mail()

    monkeypatch.setattr("accounts.checks.GOOD_FOR", timedelta(seconds=-1))

    assert "does not work any more" in client.post(link).text


def test_a_link_is_good_once(client: Client, db: None) -> None:
    client.post(REGISTER, ANN)
    link = link_in_mail()
    client.post(link)

    assert "does not work any more" in client.get(link).text
    for odd in ("x", link.split("/")[-2][:-3], "Zm9v"):
        path = reverse("accounts:check", args=[odd])
        assert "does not work any more" in client.get(path).text


def test_a_link_opened_by_somebody_else_who_is_logged_in(
    client: Client, db: None, bob: User
) -> None:
    client.post(REGISTER, ANN)
    link, elsewhere = link_in_mail(), Client()
    elsewhere.force_login(bob)

    answer = elsewhere.post(link, {"password": PASSWORD}, follow=True)

    assert "ann@example.com is open" in answer.text
    assert answer.context["user"] == bob


def test_accounts_that_nobody_came_for_are_let_go(client: Client, alice: User) -> None:
    client.post(REGISTER, ANN)
    assert forget_waiting() == 0
    User.objects.update(date_joined=timezone.now() - timedelta(days=15))

    assert (forget_waiting(), forget_waiting()) == (1, 0)
    assert User.objects.get() == alice


def test_new_account_has_no_rights(client: Client, db: None) -> None:
    client.post(REGISTER, {**ANN, "is_staff": "on", "is_superuser": "on", "groups": "1"})

    ann = User.objects.get(email="ann@example.com")
    assert not ann.is_staff
    assert not ann.is_superuser
    assert not ann.groups.exists()


def test_next_is_followed_and_kept_on_the_way(client: Client, db: None) -> None:
    assert 'value="/checkout/"' in client.get(REGISTER, {"next": "/checkout/"}).text
    answer = client.post(REGISTER, {**ANN, "next": "/checkout/"}, follow=True)
    assert "?next=%2Fcheckout%2F" in answer.text
    assert client.post(link_in_mail()).headers["Location"] == "/checkout/"


@pytest.mark.parametrize("path", ["abc", "store:front", "["])
def test_next_is_an_address_and_no_name(client: Client, db: None, path: str) -> None:
    assert client.post(REGISTER, {**ANN, "next": path}, follow=True).status_code == 200
    assert client.post(link_in_mail()).status_code == 302
    assert client.get(REGISTER, {"next": path}).status_code == 302


def test_next_leads_nowhere_else(client: Client, db: None) -> None:
    client.post(REGISTER, {**ANN, "next": "https://evil.example/"})
    assert client.post(link_in_mail()).headers["Location"] == reverse("accounts:profile")


def test_bag_survives_the_registration(client: Client, db: None) -> None:
    session = client.session
    session["bag"] = {"key": "k", "items": {}}
    session.save()
    client.post(REGISTER, ANN)
    client.post(link_in_mail())

    assert client.session["bag"]["key"] == "k"
    assert client.session.session_key != session.session_key


@pytest.mark.parametrize("email", ["ann@example.com", " ANN@Example.com", "ａnn@example.com"])
def test_that_an_address_is_taken_is_told_to_its_mailbox_alone(
    client: Client, db: None, email: str
) -> None:
    make_user("ann@example.com", name="Owner")

    answer = client.post(REGISTER, {**ANN, "email": email}, follow=True)

    assert answer.redirect_chain == [(SENT, 302)]
    assert User.objects.get(email="ann@example.com").name == "Owner"
    assert "_auth_user_id" not in client.session
    letter = mails_sent()[-1]
    assert letter.to == ["ann@example.com"]
    assert letter.subject == "You have an account at Repairshop already"
    assert "/accounts/reset/" in str(letter.body)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_shop_without_a_mail_server_says_so(
    client: Client, db: None, settings: Any, is_told: bool
) -> None:
    if is_told:
        settings.EMAIL_BACKEND = "mail.unsent.EmailBackend"

    page = client.post(REGISTER, ANN, follow=True)

    assert ("sends no mail at present" in page.text) is is_told


@pytest.mark.parametrize(
    "email", ["alice@example.com", "closed@example.com", "shut@example.com", "waits@example.com"]
)
@pytest.mark.parametrize("path", [REGISTER, reverse("accounts:password_reset")])
def test_every_address_is_the_same_work(alice: User, path: str, email: str) -> None:
    make_user("closed@example.com", is_active=False, closed_at=timezone.now())
    make_user("shut@example.com", is_active=False)
    User.objects.create(email="waits@example.com", password="!md5$a$b")

    _first, nobody, somebody = (
        work_of(path, name="Ann Smith", email=each)
        for each in ("first@example.com", "nobody@example.com", email)
    )

    assert somebody._replace(queries=0) == nobody._replace(queries=0)
    # What it takes to write a new account, and to let go of a mail to nobody.
    assert 0 <= nobody.queries - somebody.queries <= 5


def test_of_an_account_that_staff_have_closed_nothing_is_said(client: Client, alice: User) -> None:
    User.objects.update(is_active=False)

    answer = client.post(REGISTER, {**ANN, "email": alice.email})

    assert answer.headers["Location"] == SENT
    assert not mails_sent()


def test_an_address_taken_in_the_last_moment_is_answered_alike(client: Client, db: None) -> None:
    with quicker("ann@example.com"):
        answer = client.post(REGISTER, ANN)

    assert answer.headers["Location"] == SENT
    assert mails_sent()[-1].subject == "You have an account at Repairshop already"


def test_the_mail_says_nothing_that_was_typed(client: Client, db: None) -> None:
    client.post(REGISTER, {**ANN, "name": "Win A Car"})
    letter = mails_sent()[0]

    assert "Win" not in f"{letter.subject} {letter.body}"
    client.post(reverse("accounts:password_reset"), {"email": "ann@example.com"})
    assert "Win" not in str(mails_sent()[-1].body)


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
    client.post(link_in_mail())
    assert log_in(Client(), f"{odd}ann@example.com")


@pytest.mark.parametrize("email", ["ann@bücher.example", "ann@xn--bcher-kva.example"])
def test_both_spellings_of_a_domain_are_one_account(client: Client, db: None, email: str) -> None:
    make_user("ann@bücher.example")

    client.post(REGISTER, {**ANN, "email": email})

    assert User.objects.count() == 1
    assert log_in(Client(), email)


def test_a_password_is_taken_to_the_last_character(client: Client, db: None) -> None:
    client.post(REGISTER, {**ANN, "password": f"{PASSWORD}\u200b"})

    assert User.objects.get().opens_with(f"{PASSWORD}\u200b")


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
