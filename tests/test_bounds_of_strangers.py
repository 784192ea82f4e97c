"""Nobody fills disk or outbox: what is refused is said beside what was typed."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from invoices.orders.confirming import follow_link
from invoices.tests.test_checkout import form_of, put_in_bag
from invoices.tests.test_unpaid import REFUSED as UNPAID
from invoices.tests.test_unpaid import order
from mail.models import Mail
from mail.sending import send_mails
from repairs_restorals.models import TicketImage
from repairs_restorals.tests.factories import make_ticket
from repairshop.resend import KEPT, MOST_OF_STRANGERS
from store.models import Order, OrderStage
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
NEW = "/workshop/tickets/new/"
TOO_MANY = "These are a great many orders."
TYPED = {"title": "Zither", "description": "It hums.", "kind": "repair"}


def photo(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("zither.jpg", b"x" * size, content_type="image/jpeg")


def test_orders_of_one_network_end_at_its_limit(client: Client, settings: Settings) -> None:
    settings.ORDERS_PER_HOUR_PER_ADDRESS = 1
    order(client)
    page = order(client, note="For my sister")

    assert TOO_MANY in page
    assert "For my sister" in page
    assert Order.objects.count() == 1


def test_one_mailbox_hears_of_few_orders_from_wherever_they_come(settings: Settings) -> None:
    for number in range(11):
        visitor = Client(REMOTE_ADDR=f"9.9.9.{number}")
        put_in_bag(visitor, make_item(price=1))
        visitor.post("/checkout/", form_of(visitor))
        Order.objects.update(state="cancelled")

    assert Mail.objects.filter(to="ann@example.com", event="invoices.placed").count() == 10


@pytest.fixture
def known(client: Client, alice: User, settings: Settings, request: pytest.FixtureRequest) -> str:
    """Alice, known to read her mail: by her account, or by a link that this browser was mailed."""
    settings.CONFIRM_MINUTES = 60
    if request.param == "account":
        client.force_login(alice)
    else:
        order(client, email=alice.email)
        follow_link(Order.objects.get())
    Order.objects.update(state="cancelled")
    return alice.email


BY = pytest.mark.parametrize("known", ["account", "browser"], indirect=True)


@BY
def test_strangers_use_up_no_orders_of_whoever_owns_the_address(client: Client, known: str) -> None:
    for number in range(11):
        page = order(Client(REMOTE_ADDR=f"9.9.9.{number}"), email=known)
        Order.objects.update(state="cancelled")

    assert TOO_MANY in page
    assert TOO_MANY not in order(client, email=known.title())
    assert Order.objects.latest("pk").stage == OrderStage.TRANSFER


@BY
def test_who_owns_the_address_orders_so_much_and_no_more(client: Client, known: str) -> None:
    pages = []
    for number in range(11):
        pages.append(order(client, email=known))
        Order.objects.update(state="cancelled")
        client.defaults["REMOTE_ADDR"] = f"9.9.9.{number}"

    assert TOO_MANY in pages[-1]


@BY
def test_what_strangers_have_not_confirmed_binds_nothing_of_its_owner(
    client: Client, known: str
) -> None:
    for number in range(4):
        page = order(Client(REMOTE_ADDR=f"9.9.9.{number}"), email=known)

    assert UNPAID in page
    for _ in range(3):
        assert UNPAID not in order(client, email=known)
    assert UNPAID in order(client, email=known)


def test_strangers_use_up_no_questions_of_an_account(client: Client, alice: User) -> None:
    make_item(slug="clock")
    asked = {"text": "Does it strike?", "name": "Ann", "email": alice.email}
    pages = [
        Client(REMOTE_ADDR=f"9.9.9.{number}").post(
            "/store/item/clock/ask/", {**asked, "idempotency_key": f"{number:032}"}
        )
        for number in range(7)
    ]
    client.force_login(alice)

    assert pages[-1].status_code == 429
    own = client.post("/store/item/clock/ask/", {**asked, "idempotency_key": "a" * 32})
    assert own.status_code == 302


@pytest.mark.parametrize(
    ("setting", "sizes"),
    [
        ("PHOTOS_PER_HOUR_PER_ADDRESS", [9, 9]),
        ("PHOTO_MEGABYTES_PER_HOUR_PER_ADDRESS", [1_500_000]),
    ],
)
def test_photos_are_counted_and_weighed_before_they_are_decoded(
    client: Client, settings: Settings, alice: User, setting: str, sizes: list[int]
) -> None:
    setattr(settings, setting, 2)
    ticket = make_ticket(alice)
    client.force_login(alice)
    pages: dict[str, dict[str, Any]] = {
        reverse("repairs:add-image"): {"ticket": ticket.pk},
        reverse("repairs:message", args=[ticket.pk]): {"body": "See here"},
        reverse("repairs:ticket-create"): {**TYPED},
    }
    said = []
    for page, data in pages.items():
        name = "images" if "add-image" in page else "photos"
        sent = client.post(page, {**data, name: [photo(size) for size in sizes]})
        said.append("These are a great many photos." in sent.content.decode())

    assert said == [False, True, True]
    assert not TicketImage.objects.exists()


def test_a_draft_of_a_visitor_is_small_and_there_are_few(settings: Settings) -> None:
    settings.DRAFTS_PER_HOUR_PER_ADDRESS = 2
    answers = [Client().post(NEW, TYPED) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "It hums." in answers[2].content.decode()
    assert Session.objects.count() == 2


@pytest.mark.parametrize(("size", "is_kept"), [(100, True), (MOST_OF_STRANGERS + 1, False)])
def test_what_a_stranger_sends_without_a_session_is_kept_when_small(
    client: Client, settings: Settings, size: int, is_kept: bool
) -> None:
    settings.DRAFTS_PER_HOUR_PER_ADDRESS = 1
    for visitor in (client, Client()):
        visitor.post("/accounts/profile/", {"street": "a" * size})

    assert Session.objects.count() == int(is_kept)
    assert (KEPT in client.session) is is_kept


def test_mails_that_strangers_set_off_go_last(client: Client, settings: Settings) -> None:
    settings.CONFIRM_MINUTES = 60
    order(client)
    Mail.objects.update(next_try_at=Now())
    settings.CONFIRM_MINUTES = 0
    order(client, email="ben@example.com")
    send_mails()

    sent = Mail.objects.order_by("sent_at").values_list("event", flat=True)
    assert list(sent) == ["invoices.placed", "invoices.unconfirmed"]


def test_strangers_fill_no_round(client: Client, settings: Settings) -> None:
    settings.CONFIRM_MINUTES = 60
    order(client)
    [mail] = Mail.objects.all()
    Mail.objects.bulk_create(
        Mail(
            event=mail.event, to=mail.to, subject="x", text="x", yields=True, message_id=f"<{n}@x>"
        )
        for n in range(60)
    )

    assert send_mails() == 50
