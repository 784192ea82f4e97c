"""The outbox and the wording of mails, as staff see them."""

from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.confirmation import CONFIRMED
from accounts.groups import MANAGERS
from accounts.models import SecurityLogEntry, User
from accounts.tests.factories import mails_sent, make_staff
from mail.models import Mail, Wording
from mail.outbox import EVENTS, enqueue_mail

pytestmark = pytest.mark.django_db
LIST = reverse("admin:mail_mail_changelist")
WORDINGS = reverse("admin:mail_wording_changelist")
EVENT = "accounts.new_browser"


def write(**fields: Any) -> Mail:
    defaults = {
        "event": EVENT,
        "to": "ann@example.com",
        "subject": "News",
        "text": "Hello <Ann>",
        "html": '<p style="color: red">Hello</p>',
        "message_id": f"<{uuid4().hex}@example.com>",
    }
    return Mail.objects.create(**{**defaults, **fields})


def page_of(mail: Mail, page: str = "change") -> str:
    return reverse(f"admin:mail_mail_{page}", args=[mail.pk])


def wording(page: str = "change", event: str = EVENT) -> str:
    return reverse(f"admin:mail_wording_{page}", args=[event])


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_staff("mary@example.com", group=MANAGERS))
    return client


def test_mails_are_listed_by_state(staff: Client) -> None:
    write(subject="Waits")
    write(subject="Fails", state=Mail.State.FAILED, last_error="550 Nobody here")

    every = staff.get(LIST).text
    failed = staff.get(LIST, {"state__exact": "failed"}).text
    assert "Waits" in every
    assert "Waits" not in failed
    assert "550 Nobody here" in failed


def test_a_mail_is_shown_as_its_reader_sees_it(staff: Client) -> None:
    mail = write()
    page = staff.get(page_of(mail)).text

    assert f'src="{page_of(mail, "html")}" sandbox' in page
    assert "Hello &lt;Ann&gt;" in page
    assert 'name="_save"' not in page


def test_the_frame_allows_its_own_styles_and_nothing_else(staff: Client) -> None:
    answer = staff.get(page_of(write(), "html"))

    assert answer.text == '<p style="color: red">Hello</p>'
    policy = answer["Content-Security-Policy"]
    # The hash of "color: red", as a browser reckons it.
    assert (
        "style-src 'unsafe-hashes' 'sha256-NerDAUWfwD31YdZHveMrq0GLjsNFMwxLpZl0dPUeCcw=';" in policy
    )
    for part in ("default-src 'none'", "form-action 'none'", "frame-ancestors 'self'", "sandbox"):
        assert part in policy
    assert "unsafe-inline" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_password_link_is_shown_to_nobody(staff: Client, alice: User) -> None:
    link = {"user": alice, "uid": "MQ", "token": "abc-123"}
    mail = enqueue_mail("accounts.password_reset", to=alice.email, context=link)
    assert "abc-123" in mail.text

    pages = [staff.get(page_of(mail)), staff.get(LIST), staff.get(page_of(mail, "html"))]
    assert [page.status_code for page in pages] == [200, 200, 404]
    for page in pages:
        assert "abc-123" not in page.text


@pytest.mark.parametrize("lookup", ["text__contains", "html__contains", "headers__icontains"])
def test_a_password_link_is_not_guessed_letter_by_letter(
    staff: Client, alice: User, lookup: str
) -> None:
    link = {"user": alice, "uid": "MQ", "token": "abc-123"}
    enqueue_mail("accounts.password_reset", to=alice.email, context=link)

    assert staff.get(LIST, {lookup: "abc-1"}).status_code == 400


@pytest.mark.parametrize("state", [Mail.State.SENT, Mail.State.FAILED])
def test_a_mail_is_sent_again_by_a_button(staff: Client, state: str) -> None:
    mail = write(state=state, tries=9)
    staff.post(page_of(mail, "send_again"))

    assert [letter.to for letter in mails_sent()] == [["ann@example.com"]]
    assert Mail.objects.get().state == Mail.State.SENT


def test_a_look_sends_nothing(staff: Client) -> None:
    mail = write(state=Mail.State.SENT)

    assert staff.get(page_of(mail, "send_again")).status_code == 405
    assert Mail.objects.get().state == Mail.State.SENT


def test_many_are_sent_again_from_the_list(staff: Client) -> None:
    mails = [write(state=Mail.State.FAILED) for _ in range(3)]
    chosen = {"action": "send_again", "_selected_action": [mail.pk for mail in mails]}
    answer = staff.post(LIST, chosen, follow=True)

    assert "3 mails go out again." in answer.text
    assert len(mails_sent()) == 3


def test_staff_see_no_mails_about_what_they_may_not_see(client: Client) -> None:
    mail = write(event="invoices.placed")
    guest = User.objects.create_user("guest@example.com", "x", is_staff=True, name="Guest")
    guest.user_permissions.set(
        Permission.objects.filter(codename__in=["view_mail", "change_mail", "view_item"])
    )
    client.force_login(guest)

    assert "ann@example.com" not in client.get(LIST).text
    assert client.get(page_of(mail, "html")).status_code == 404
    assert client.post(page_of(mail, "send_again")).status_code == 404


@pytest.mark.parametrize("page", ["change", "html", "send_again"])
def test_customers_see_no_mails(client: Client, alice: User, page: str) -> None:
    client.force_login(alice)

    answer = client.post(page_of(write(), page)) if page == "send_again" else client.get(LIST)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_the_front_page_tells_of_what_could_not_be_sent(staff: Client) -> None:
    assert "could not be sent" not in staff.get("/admin/").text
    write(state=Mail.State.FAILED)
    write(last_error="OSError: refused")

    page = staff.get("/admin/").text
    assert "<span>mail could not be sent</span>" in page
    assert "<span>mail waits to be tried again</span>" in page
    assert "OSError: refused" in staff.get(LIST, {"tried": "in_vain"}).text


def test_every_mail_is_in_the_list_of_wordings(manager: Client) -> None:
    page = manager.get(WORDINGS).text

    for event in EVENTS:
        assert wording(event=event) in page


def test_the_form_begins_with_the_original_and_explains_its_placeholders(manager: Client) -> None:
    page = manager.get(wording()).text

    assert "Somebody has logged in to your account at {{ shop }}" in page
    assert "<code>{{ browser }}</code>" in page
    assert "the browser and the system" in page


def test_managers_put_a_mail_into_other_words_and_back(manager: Client, alice: User) -> None:
    manager.post(wording(), {"subject": "Moved", "text": "Dear {{ name }},\r\n\r\nbye"})
    edited = enqueue_mail(EVENT, to=alice.email, context={"user": alice})
    assert (edited.subject, edited.text) == ("Moved", "Dear Alice,\n\nbye\n")

    manager.post(wording("original"))
    assert not Wording.objects.exists()
    assert "just logged in" in enqueue_mail(EVENT, to=alice.email, context={"user": alice}).text


def test_a_look_puts_no_wording_back(manager: Client) -> None:
    manager.post(wording(), {"subject": "Moved", "text": "Dear {{ name }}"})

    assert manager.get(wording("original")).status_code == 405
    assert Wording.objects.get().subject == "Moved"


def test_the_original_words_are_not_written_down(manager: Client) -> None:
    words = EVENTS[EVENT].original
    text = words.text.replace("\n", "\r\n")
    manager.post(wording(), {"subject": words.subject, "text": text})

    assert not Wording.objects.exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"text": "{{ user.password }}"}, "There is no {{ user.password }} in this mail."),
        ({"subject": "{{ secret }}"}, "There is no {{ secret }} in this mail."),
        ({"text": "{% include 'x' %}"}, "Braces are for placeholders only"),
        ({"text": "Hello {{ name"}, "Braces are for placeholders only"),
        ({"text": ""}, "This field is required."),
        ({"text": "x" * 20_001}, "at most 20000 characters"),
    ],
)
def test_what_is_no_wording_is_told_and_kept(
    manager: Client, typed: dict[str, str], told: str
) -> None:
    answer = manager.post(wording(), {"subject": "Typed", "text": "Typed", **typed})

    assert answer.status_code == 200
    assert told in answer.text.replace("&#x27;", "'")
    assert "Typed" in answer.text
    assert not Wording.objects.exists()


@pytest.mark.parametrize("text", ["{{" + " " * 19_900 + "x", "{{" * 9_900])
def test_no_wording_keeps_the_shop_busy(manager: Client, text: str) -> None:
    begun = monotonic()
    answer = manager.post(wording(), {"subject": "Typed", "text": text})

    assert "Braces are for placeholders only" in answer.text
    assert monotonic() - begun < 2


def test_a_mail_keeps_what_it_is_for(manager: Client) -> None:
    typed = {"subject": "New password", "text": "Hello {{ name }}"}
    answer = manager.post(wording(event="accounts.password_reset"), typed)

    assert "This mail makes no sense without {{ link }}." in answer.text


def test_a_preview_shows_what_is_typed_and_writes_nothing(manager: Client) -> None:
    stored = manager.get(wording("preview")).text
    typed = {"subject": "Moved", "text": "Dear {{ name }} <b>"}
    shown = manager.post(wording("preview"), typed).text

    assert "Hello [the name of who is written to]," in stored
    assert "Dear [the name of who is written to] &lt;b&gt;" in shown
    assert not Wording.objects.exists()


def test_a_preview_says_what_is_wrong(manager: Client) -> None:
    shown = manager.post(wording("preview"), {"subject": "x", "text": "{{ nonsense }}"}).text

    assert "There is no {{ nonsense }} in this mail." in shown


@pytest.mark.parametrize("page", ["change", "preview"])
def test_shop_staff_do_not_change_wordings(staff: Client, page: str) -> None:
    assert staff.get(WORDINGS).status_code == 403
    assert staff.get(wording(page)).status_code == 403
    assert staff.post(wording(page), {"subject": "x", "text": "x"}).status_code == 403
    assert not Wording.objects.exists()


def test_there_is_no_wording_of_a_mail_that_is_none(manager: Client) -> None:
    assert manager.get(wording(event="accounts.nonsense")).status_code == 404


@pytest.mark.parametrize("page", ["change", "original"])
def test_words_change_after_the_password_alone_and_are_logged(manager: Client, page: str) -> None:
    typed = {"subject": "Moved", "text": "Dear {{ name }}"}
    manager.post(wording(), typed)
    logged = SecurityLogEntry.objects.get(event="settings_changed")
    assert (logged.about, logged.user) == (f"words of {EVENT}", User.objects.get())
    session: Any = manager.session
    session[CONFIRMED] -= 16 * 60
    session.save()

    answer = manager.post(wording(page), {**typed, "subject": "Pay here"})

    assert answer.headers["Location"].startswith("/accounts/confirm/")
    assert Wording.objects.get().subject == "Moved"
