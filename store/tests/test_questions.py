"""A visitor asks about a thing; staff answer by page and mail."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import mails_sent
from store.models import Item, Question, ShopProfile
from store.questions import AnsweredMeanwhile, answer
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
TEXT = "Does it still strike?\n\nAnd how loud?"


@pytest.fixture(autouse=True)
def _shop(db: None) -> None:
    shop = ShopProfile.get_solo()
    shop.email = "shop@example.com"
    shop.save()


def form(**fields: str) -> dict[str, str]:
    return {"name": "Ann", "email": "ann@example.com", "text": TEXT, **fields}


def ask_url(item: Item) -> str:
    return reverse("store:ask", args=[item.slug])


def asked(client: Client, item: Item, **fields: str) -> Question:
    response = client.post(ask_url(item), form(**fields))
    assert response.status_code == 302, response.content.decode()
    return Question.objects.get(secret=response["Location"].split("/")[-2])


def test_the_page_of_a_thing_leads_to_the_form(client: Client, clock: Item) -> None:
    assert ask_url(clock) in client.get(clock.get_absolute_url()).content.decode()
    page = client.get(ask_url(clock)).content.decode()
    assert clock.title in page
    assert "What would you like to know?" in page


def test_a_question_reaches_the_shop(client: Client, clock: Item) -> None:
    question = asked(client, clock)

    assert (question.item, question.text, question.customer) == (clock, TEXT, None)
    [mail] = mails_sent()
    assert mail.to == ["shop@example.com"]
    assert mail.reply_to == ["ann@example.com"]
    assert "Does it still strike?" in mail.body
    assert f"/admin/store/question/{question.pk}/change/" in mail.body
    page = client.get(question.get_absolute_url()).content.decode()
    assert "Does it still strike?" in page
    assert "We answer by mail to ann@example.com" in page


def test_a_customer_need_not_say_who_it_is(client: Client, clock: Item, alice: User) -> None:
    client.force_login(alice)
    page = client.get(ask_url(clock)).content.decode()

    assert f'value="{alice.email}"' in page
    assert asked(client, clock).customer == alice


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "  "}, "This field is required"),
        ({"email": "ann"}, "valid email address"),
        ({"name": ""}, "This field is required"),
        ({"text": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    client: Client, clock: Item, fields: dict[str, str], words: str
) -> None:
    response = client.post(ask_url(clock), form(**fields))

    page = response.content.decode()
    assert words in page
    for value in form(**fields).values():
        assert value.split("\n")[0].strip() in page
    assert not Question.objects.exists()
    assert mails_sent() == []


@pytest.mark.on_both
def test_two_clicks_ask_once(client: Client, clock: Item) -> None:
    first = asked(client, clock, idempotency_key="k")
    assert asked(client, clock, idempotency_key="k") == first
    assert len(mails_sent()) == 1


def test_another_question_from_the_same_page_is_not_lost(client: Client, clock: Item) -> None:
    first = asked(client, clock, idempotency_key="k")
    second = asked(client, clock, idempotency_key="k", text="And its key?")

    assert (first.text, second.text) == (TEXT, "And its key?")
    assert len(mails_sent()) == 2


def test_somebody_elses_key_shows_nobody_their_question(client: Client, clock: Item) -> None:
    asked(client, clock, idempotency_key="k")
    other = make_item()

    question = asked(client, other, email="eve@example.com", idempotency_key="k")

    assert (question.item, question.email) == (other, "eve@example.com")
    assert Question.objects.count() == 2


def test_many_questions_are_too_many(client: Client, clock: Item) -> None:
    for _ in range(6):
        asked(client, clock)

    response = client.post(ask_url(clock), form())
    assert response.status_code == 429
    assert "These are a great many questions" in response.content.decode()
    assert "Does it still strike?" in response.content.decode()
    assert Question.objects.count() == 6


def test_staff_answer_by_page_and_mail(client: Client, clock: Item, sam: User) -> None:
    question = asked(client, clock)
    client.force_login(sam)
    address = reverse("admin:store_question_change", args=[question.pk])
    page = client.get(address).content.decode()
    assert "Does it still strike?" in page
    assert 'value="Send"' in page
    assert "_continue" not in page

    assert client.post(address, {"answer": "  "}).status_code == 200
    assert len(mails_sent()) == 1
    assert client.post(address, {"answer": "It does, at the hour."}).status_code == 302

    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("It does, at the hour.", sam)
    mail = mails_sent()[-1]
    assert (mail.to, mail.reply_to) == (["ann@example.com"], ["shop@example.com"])
    assert "It does, at the hour." in mail.body
    assert clock.get_absolute_url() in mail.body
    assert "It does" in Client().get(question.get_absolute_url()).content.decode()
    page = client.get(address).content.decode()
    assert "The answer is on its way to ann@example.com." in page
    assert "edit it again" not in page
    assert 'name="answer"' not in page
    assert 'name="_save"' not in page


def test_a_second_click_says_that_it_is_answered(client: Client, clock: Item, sam: User) -> None:
    question = asked(client, clock)
    client.force_login(sam)
    address = reverse("admin:store_question_change", args=[question.pk])
    client.post(address, {"answer": "Yes."})

    page = client.post(address, {"answer": "Yes."}, follow=True).content.decode()

    assert "It is answered already; nothing more was sent." in page
    assert "Somebody else" not in page
    assert len(mails_sent()) == 2


def test_an_answer_has_an_end(client: Client, clock: Item, sam: User) -> None:
    question = asked(client, clock)
    client.force_login(sam)
    address = reverse("admin:store_question_change", args=[question.pk])

    page = client.post(address, {"answer": "x" * 5001}).content.decode()

    assert "at most 5000 characters" in page
    assert not Question.objects.exclude(answer="").exists()


@pytest.mark.on_both
def test_of_two_answers_the_first_stands(client: Client, clock: Item, sam: User) -> None:
    question = asked(client, clock)
    answer(question_id=question.pk, text="Yes.", actor=sam)

    with pytest.raises(AnsweredMeanwhile):
        answer(question_id=question.pk, text="No.", actor=sam)

    question.refresh_from_db()
    assert question.answer == "Yes."
    assert len(mails_sent()) == 2


def test_the_list_shows_what_is_to_be_answered(client: Client, clock: Item, sam: User) -> None:
    answer(question_id=asked(client, clock).pk, text="Yes.", actor=sam)
    asked(client, make_item(title="Lamp"))
    client.force_login(sam)

    page: Any = client.get(reverse("admin:store_question_changelist") + "?answered=no")
    assert [row.item.title for row in page.context["cl"].result_list] == ["Lamp"]


def test_a_thing_that_is_not_published_is_not_asked_about(client: Client) -> None:
    assert client.get(ask_url(make_item(published=False))).status_code == 404
