"""Whoever asks gets all that is kept about them, and nothing about anybody else."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.data_asking import data_token
from accounts.models import DataLink, SecurityLogEntry, User
from accounts.personal_data import NOT_PERSONAL, SOURCES
from accounts.retention import retain_all
from accounts.tests.factories import PASSWORD, link_in_mail, mails_sent
from repairs_restorals.models import TicketImage
from store.models import Question, ShopProfile
from store.tests.factories import make_item, make_order
from tests.everything import live
from tests.stripe_standin.driver import Standin
from tests.test_security_paper import forms_of_the_shop, written_by

pytestmark = pytest.mark.django_db
PAGE, ASK = "/accounts/my-data/", "/accounts/my-data/ask/"


def whole(client: Client, page: str = PAGE) -> ZipFile:
    answer = client.post(page, {"file": "zip"})
    assert answer.status_code == 200
    return ZipFile(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def test_each_model_says_whether_it_holds_personal_data() -> None:
    personal = {source.model._meta.label for source in SOURCES}
    models = apps.get_models(include_auto_created=True)
    labels = {model._meta.label for model in models if not model._meta.proxy}
    unnamed = labels - personal - {*NOT_PERSONAL}

    assert not unnamed, "Name it in the personal_data.py of its app: see accounts/personal_data.py"
    assert not personal & {*NOT_PERSONAL}
    assert {*NOT_PERSONAL} | personal == labels


def test_whoever_fills_in_a_form_gets_back_each_field_of_it() -> None:
    told = {source.model: {*source.fields} for source in SOURCES}
    # The one says nothing of anybody, the other stands there as a name.
    but = {"idempotency_key", "country_code"}
    kept_back = [
        f"{form.__name__}.{field}"
        for form in forms_of_the_shop()
        if ".admin." not in form.__module__ and (model := written_by(form)) in told
        for field in {*form._meta.fields} - told[model] - but
    ]

    assert kept_back == [], "Name it in the personal_data.py of its app, and look at its erasing.py"


def test_who_has_done_everything_gets_all_of_it(
    client: Client, alice: User, bob: User, provider: Standin
) -> None:
    live(client, alice)
    make_order(make_item(title="Bob's own"), customer=bob, name="Bob", email=bob.email)

    archive = whole(client)

    data = json.loads(archive.read("my-data.json"))["data"]
    said = archive.read("my-data.json").decode()
    assert {"store.Order", "store.Question", "invoices.Invoice", "bag.Wish"} <= {*data}
    assert {"repairs_restorals.TicketMessage", "repairs_restorals.Quote"} <= {*data}
    assert "Lindenallee 12" in said
    assert "Alice was here." in said
    assert "Charge her double." not in said
    assert "bob" not in said.casefold()
    assert len([name for name in archive.namelist() if name.startswith("photos/")]) == 2
    assert SecurityLogEntry.objects.filter(event="exported", user=alice).exists()


def test_no_secret_is_in_it(client: Client, alice: User, provider: Standin) -> None:
    live(client, alice)
    said = whole(client).read("my-data.json").decode()
    secrets = {alice.password}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if "secret" in field.name or field.name in {"session_key", "bag_key", "digest"}:
                secrets |= {*model._default_manager.values_list(field.name, flat=True)}

    assert [one for one in secrets if one and len(one) > 8 and one in said] == []


def test_a_photo_that_cannot_be_read_is_named(
    client: Client, alice: User, provider: Standin
) -> None:
    live(client, alice)
    photo = TicketImage.objects.earliest("pk")
    storages["private"].delete(photo.stored("large"))

    assert f"-{photo.pk}.jpg" in whole(client).read("not-read.txt").decode()


def test_the_page_says_it_in_words_and_asks_for_the_password_again(alice: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"username": alice.email, "password": PASSWORD})
    assert alice.email in client.get(PAGE).text

    session = client.session
    del session["confirmed at"]
    session.save()

    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE, {"file": "json"}).status_code == 302


def test_a_guest_reads_it_by_a_mailed_link(client: Client) -> None:
    make_order(
        make_item(title="Lamp"), email="gus@example.com", name="Gus", reached_at=timezone.now()
    )
    make_order(make_item(title="Vase"), email="other@example.com", name="Other")

    client.post(ASK, {"email": "Gus@example.com"})
    link = link_in_mail()

    assert "gus" not in link
    assert "Lamp" in client.get(link).text
    data = client.post(link, {"file": "json"}).text
    assert "Gus" in data
    assert "other@" not in data


def test_of_what_is_unknown_no_mail_is_written_and_the_answer_is_the_same(client: Client) -> None:
    make_order(make_item(), email="gus@example.com", reached_at=timezone.now())
    answers = [
        client.post(ASK, {"email": email}, follow=True).text
        for email in ("gus@example.com", "nobody@example.com", "nobody@example.com")
    ]

    assert len({*answers}) == 1
    assert [mail.to for mail in mails_sent()] == [["gus@example.com"]]


def test_who_has_an_account_reads_it_there(client: Client, alice: User) -> None:
    make_order(make_item(), email=alice.email)
    old = DataLink.objects.create(email=alice.email)

    client.post(ASK, {"email": alice.email})

    assert link_in_mail() == PAGE
    assert client.get(f"{PAGE}{data_token(old)}/").status_code == 410


def test_a_closed_account_is_read_by_the_link(client: Client, alice: User) -> None:
    Question.objects.create(
        item=make_item(), customer=alice, name="Alice", email=alice.email, text="Why?", site="x"
    )
    User.objects.update(is_active=False, closed_at=timezone.now())

    client.post(ASK, {"email": alice.email})

    assert "Why?" in client.get(link_in_mail()).text


def test_the_database_is_asked_as_much_about_a_closed_account_as_about_nobody(
    client: Client, alice: User
) -> None:
    """The time that it takes would tell who was a customer here."""
    User.objects.update(is_active=False, closed_at=timezone.now())
    # The first mail of all writes it down.
    ShopProfile.get_solo()
    client.post(ASK, {"email": "first@example.com"})
    numbers = []
    for email in (alice.email, "nobody@example.com"):
        with CaptureQueriesContext(connection) as asked:
            client.post(ASK, {"email": email})
        # Nothing stays of the mail to nobody.
        kept = [query for query in asked.captured_queries if "ROLLBACK" not in query["sql"]]
        numbers.append(len(kept))

    assert numbers[0] == numbers[1]


def test_a_link_is_asked_for_a_few_times_and_is_good_for_a_day(client: Client) -> None:
    make_order(make_item(), email="gus@example.com", reached_at=timezone.now())
    statuses = [client.post(ASK, {"email": "gus@example.com"}).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]

    link = link_in_mail()
    DataLink.objects.update(at=timezone.now() - timedelta(days=2))

    assert retain_all()["data-links"] == 3
    assert client.get(link).status_code == 410


def test_an_address_that_nobody_has_shown_to_be_theirs_opens_no_orders_of_guests(
    client: Client, alice: User
) -> None:
    make_order(make_item(title="Secret gift"), email=alice.email, reached_at=timezone.now())
    User.objects.update(email_checked_at=None)
    client.force_login(alice)

    assert "Secret gift" not in client.get(PAGE).text


def test_what_somebody_else_has_perhaps_mistyped_is_not_told(client: Client) -> None:
    make_order(make_item(), email="gus@example.com", name="Gus", reached_at=timezone.now())
    make_order(make_item(), email="gus@example.com", name="Greta", street="Her Lane 5")
    client.post(ASK, {"email": "gus@example.com"})

    data = client.post(link_in_mail(), {"file": "json"}).text

    assert "Greta" not in data
    assert "Her Lane" not in data


def test_whoever_registers_with_an_address_keeps_nobody_from_their_data(client: Client) -> None:
    make_order(make_item(), email="gus@example.com", name="Gus", reached_at=timezone.now())
    client.post(ASK, {"email": "gus@example.com"})
    link = link_in_mail()
    typed = {"name": "Eve", "email": "gus@example.com", "password": PASSWORD}
    Client().post("/accounts/register/", typed)
    assert User.objects.get(email="gus@example.com").is_waiting

    assert client.get(link).status_code == 200
    client.post(ASK, {"email": "gus@example.com"})
    assert client.get(link_in_mail()).status_code == 200


def test_files_are_made_a_few_times_an_hour(client: Client, alice: User) -> None:
    client.post("/accounts/login/", {"username": alice.email, "password": PASSWORD})
    answers = [client.post(PAGE, {"file": "json"}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "downloaded often enough" in answers[-1].text
    assert SecurityLogEntry.objects.filter(event="exported").count() == 3


def test_what_staff_did_does_not_name_them(client: Client, alice: User) -> None:
    entry = {"event": "logins_ended", "who": alice.email, "about": "by mo@example.com"}
    SecurityLogEntry.objects.create(user=alice, address="93.8.8.8", **entry)
    client.post("/accounts/login/", {"username": alice.email, "password": PASSWORD})

    said = client.post(PAGE, {"file": "json"}).text

    assert "logins_ended" in said
    assert "mo@example.com" not in said
    assert "93.8.8.8" not in said


@pytest.mark.parametrize("way", ["by its owner, with a factor", "by staff"])
def test_a_mailbox_alone_opens_no_account_that_asks_for_more(
    client: Client, alice: User, way: str
) -> None:
    Question.objects.create(
        item=make_item(), customer=alice, name="Alice", email=alice.email, text="Why?", site="x"
    )
    User.objects.update(is_active=False, closed_at=None if way == "by staff" else timezone.now())
    if way != "by staff":
        TOTPDevice.objects.create(user=alice, name="phone", confirmed=True)
    link = data_token(DataLink.objects.create(email=alice.email))

    assert "Why?" not in client.get(f"{PAGE}{link}/").text
