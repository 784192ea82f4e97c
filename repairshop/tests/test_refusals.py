"""What is too large, too slow or too much at once: refused in plain words, and nothing is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from outside.heavy import heavy_work
from repairs_restorals.models import ServiceTicket, TicketMessage
from repairs_restorals.tests.factories import SITE, make_ticket, photo_file
from repairshop.body_size import most_bytes
from store.models import Item
from store.pictures.uploads import MAX_FORM_BYTES
from store.tests.csv_files import own_csv
from store.tests.factories import make_order
from store.tests.pictures import upload

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
WORDS = "It buzzes & rattles."


def says(status: int) -> dict[str, Any]:
    """What `repairshop.slow_clients` says of a request whose body is not read."""
    return {"gunicorn.socket": type("Client", (), {"refusal": status})}


def test_a_form_of_too_much_text_is_refused_unread(client: Client) -> None:
    page = client.post(LOGIN, {"username": "x" * 100_000})

    assert page.status_code == 413
    assert "A form takes 100 kB of text." in page.content.decode()
    assert "no-store" not in page.headers
    assert page.headers["Content-Security-Policy"]


def test_a_form_of_just_enough_text_is_read(client: Client) -> None:
    body = "username=".ljust(100_000, "x")
    form = "application/x-www-form-urlencoded"
    assert client.post(LOGIN, body, content_type=form).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        reverse("repairs:ticket-create"),
        reverse("repairs:add-image"),
        reverse("repairs:message", args=[1]),
        "/workshop/tickets/%6eew/",
        "/admin/store/item/import/",
        "/admin/store/item/add/",
        reverse("admin:repairs_restorals_serviceticket_photos", args=[1]),
    ],
)
def test_pages_that_take_files_take_more(path: str) -> None:
    assert most_bytes(path) == MAX_FORM_BYTES


@pytest.mark.parametrize(
    "path", [LOGIN, "/checkout/", "/bag/add/1/", "/stripe/webhook/", "/admin/login/", "/nowhere/"]
)
def test_other_pages_do_not(path: str) -> None:
    assert most_bytes(path) == 100_000


def test_a_body_of_unknown_length_is_refused(client: Client) -> None:
    page = client.post(LOGIN, {}, HTTP_TRANSFER_ENCODING="chunked")
    assert page.status_code == 411


@pytest.mark.parametrize(
    ("status", "words"),
    [(408, "took too long"), (413, "too large"), (503, "no place"), (400, "made no sense")],
)
def test_what_the_worker_does_not_take_is_told(client: Client, status: int, words: str) -> None:
    page = client.post(LOGIN, {"username": WORDS}, **says(status))

    assert page.status_code == status
    assert words in page.content.decode()
    assert ("Retry-After" in page.headers) == (status == 503)


@pytest.fixture
def _no_room() -> Iterator[None]:
    """So much heavy work is under way, and has been for long."""
    places = [object() for _ in range(heavy_work.threads)]
    for place in places:
        heavy_work.enter(place, 0)
        heavy_work.begun[place] = 0
    yield
    for place in places:
        heavy_work.leave(place)
    heavy_work.was_quick = True


@pytest.fixture
def ticket(client: Client, alice: User) -> ServiceTicket:
    client.force_login(alice)
    return make_ticket(alice)


@pytest.mark.usefixtures("_no_room")
def test_a_message_with_photos_comes_back_with_its_words(
    client: Client, ticket: ServiceTicket
) -> None:
    sent = {"body": WORDS, "photos": photo_file()}
    page = client.post(reverse("repairs:message", args=[ticket.pk]), sent)

    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    text = page.content.decode()
    assert "It buzzes &amp; rattles.</textarea>" in text
    assert "our hands full" in text
    assert "log-in" not in text
    assert not TicketMessage.objects.exists()


@pytest.mark.usefixtures("_no_room")
def test_a_message_without_photos_needs_no_room(client: Client, ticket: ServiceTicket) -> None:
    client.post(reverse("repairs:message", args=[ticket.pk]), {"body": WORDS})
    assert TicketMessage.objects.get().body == WORDS


@pytest.mark.usefixtures("_no_room")
def test_photos_of_a_ticket_wait(client: Client, ticket: ServiceTicket) -> None:
    for path, field in (("new/", "photos"), ("add-image/", "images")):
        sent = {
            "title": "Organ",
            "kind": "repair",
            "description": WORDS,
            "ticket": ticket.pk,
            field: photo_file(),
        }
        assert client.post(f"/workshop/tickets/{path}", sent).status_code == 503
    assert ServiceTicket.objects.count() == 1


@pytest.mark.usefixtures("_no_room")
def test_papers_and_files_wait(client: Client, ticket: ServiceTicket, clock: Item) -> None:
    client.force_login(make_staff("max@example.com", group=MANAGERS))
    invoice = issue(invoice_id=bill_order(make_order(clock), site=SITE).pk)
    year = "start=2026-01-01&end=2026-12-31&dialect=point"
    for path in (
        reverse("invoices:pdf", args=[invoice.secret]),
        reverse("admin:repairs_restorals_serviceticket_label", args=[ticket.pk]),
        reverse("admin:store_item_export"),
        f"/admin/invoices/invoice/export/?file=invoices&{year}",
    ):
        page = client.get(path)
        assert (path, page.status_code, page.headers.get("Retry-After")) == (path, 503, "30")
    sent = {"file": upload(own_csv({"title": "Clock"}), "items.csv")}
    assert client.post("/admin/store/item/import/", sent).status_code == 503


def test_a_file_keeps_its_place_until_it_is_sent(client: Client, sam: User) -> None:
    client.force_login(sam)
    answer = client.get(reverse("admin:store_item_export"))

    assert len(heavy_work.own) == 1
    answer.getvalue()
    assert len(heavy_work.own) == 0
