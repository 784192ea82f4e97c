"""Staff put a mail into other words in each language of the shop."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.confirmation import CONFIRMED
from accounts.groups import MANAGERS
from accounts.models import SecurityLogEntry, User
from accounts.tests.factories import make_staff
from accounts.tests.test_mail_admin import EVENT, WORDINGS, wording
from mail.models import Wording
from mail.outbox import EVENTS, SENDERS, enqueue_mail

pytestmark = pytest.mark.django_db
IN_GERMAN = f"de:{EVENT}"
TYPED = {"subject": "Umgezogen", "text": "Liebe {{ name }}"}


class Shop:
    name, phone, email = "Ours", "", ""
    address_lines: list[str] = []
    languages = ["en", "de"]


@pytest.fixture(autouse=True)
def _speaks_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SENDERS, "shop", Shop)


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_staff("mia@example.com", group=MANAGERS))
    return client


def subject_in(language: str, alice: User) -> str:
    context = {"user": alice}
    return enqueue_mail(EVENT, to=alice.email, context=context, language=language).subject


def test_the_words_of_one_language_are_those_of_no_other(manager: Client, alice: User) -> None:
    english, german = (subject_in(language, alice) for language in ("en", "de"))

    manager.post(wording(event=IN_GERMAN), TYPED)
    assert (subject_in("de", alice), subject_in("en", alice)) == ("Umgezogen", english)
    manager.post(wording(), {"subject": "Moved", "text": "Dear {{ name }}"})
    assert (subject_in("de", alice), subject_in("en", alice)) == ("Umgezogen", "Moved")

    manager.post(wording("original", IN_GERMAN))
    assert (subject_in("de", alice), subject_in("en", alice)) == (german, "Moved")
    assert [each.pk for each in Wording.objects.all()] == [EVENT]


def test_the_original_of_each_language_is_offered_and_not_written_down(manager: Client) -> None:
    words = EVENTS[EVENT].in_language("de")

    page = manager.get(wording(event=IN_GERMAN))
    assert page.context["form"].initial["subject"] == words.subject
    assert wording() in page.text
    manager.post(wording(event=IN_GERMAN), words._asdict())

    assert not Wording.objects.exists()


def test_the_preview_is_of_the_language(manager: Client) -> None:
    manager.post(wording(event=IN_GERMAN), TYPED)

    assert "Umgezogen" in manager.get(wording("preview", IN_GERMAN)).text
    assert "Umgezogen" not in manager.get(wording("preview")).text


def test_the_list_names_the_languages_that_were_changed(manager: Client) -> None:
    assert (
        "Deutsch"
        not in manager.get(WORDINGS).text.partition("mail-list")[2].partition("</table")[0]
    )
    manager.post(wording(event=IN_GERMAN), TYPED)

    assert "Deutsch" in manager.get(WORDINGS).text.partition("mail-list")[2].partition("</table")[0]


@pytest.mark.parametrize("key", [f"fr:{EVENT}", f"xx:{EVENT}", "de:no.such"])
def test_what_the_shop_does_not_speak_is_no_page(manager: Client, key: str) -> None:
    assert manager.get(wording(event=key)).status_code == 404


def test_they_change_after_the_password_alone_and_are_logged(manager: Client) -> None:
    manager.post(wording(event=IN_GERMAN), TYPED)
    assert SecurityLogEntry.objects.get(event="settings_changed").about == f"words of {IN_GERMAN}"
    session: Any = manager.session
    session[CONFIRMED] -= 16 * 60
    session.save()

    answer = manager.post(wording(event=IN_GERMAN), {**TYPED, "subject": "Zahlen Sie hier"})

    assert answer.headers["Location"].startswith(reverse("accounts:confirm"))
    assert Wording.objects.get().subject == "Umgezogen"
