"""Six identities at every address of the workshop, by GET, HEAD and with a Range."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.test.utils import override_settings
from django.urls import NoReverseMatch, reverse

from accounts.groups import SHOP_STAFF, WORKSHOP_STAFF
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from repairs_restorals import urls
from repairs_restorals.consent import consent_link
from repairs_restorals.models import BeforeAfter, Quote, ServiceTicket, TicketImage
from repairs_restorals.quote_services import send_quote
from repairs_restorals.repair_forms import suggested, write_form
from repairs_restorals.services import write_message
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, make_ticket

pytestmark = pytest.mark.django_db
WHO = ["guest", "owner", "other", "workshop", "shop", "linked"]
# Status codes of a GET in the order of WHO. `linked` knows the secret addresses of the mails;
# to the others these stand for addresses that they have guessed.
PAGES = {
    "workshop": (200, 200, 200, 200, 200, 200),
    "ticket-list": (302, 200, 200, 200, 200, 302),
    "ticket-create": (200, 200, 200, 200, 200, 200),
    "add-image": (302, 200, 200, 200, 200, 302),
    "ticket": (302, 200, 404, 404, 404, 302),
    "ticket-edit": (302, 302, 404, 404, 404, 302),
    "ticket-cancel": (302, 200, 404, 404, 404, 302),
    "message": (302, 405, 405, 405, 405, 302),
    "ticket-link": (302, 405, 405, 405, 405, 302),
    "photo": (404, 200, 404, 200, 404, 404),
    "internal-photo": (404, 404, 404, 200, 404, 404),
    "photo-page": (404, 200, 404, 200, 404, 404),
    "internal-photo-page": (404, 404, 404, 200, 404, 404),
    "status": (404, 404, 404, 404, 404, 200),
    "status-photo": (404, 404, 404, 404, 404, 200),
    "internal-status-photo": (404, 404, 404, 404, 404, 404),
    "status-photo-page": (404, 404, 404, 404, 404, 200),
    "internal-status-photo-page": (404, 404, 404, 404, 404, 404),
    "quote": (404, 404, 404, 404, 404, 200),
    "repair-form": (404, 404, 404, 404, 404, 200),
    "repair-form-pdf": (404, 404, 404, 404, 404, 200),
    "consent": (404, 404, 404, 404, 404, 200),
    "shown": (404, 404, 404, 404, 404, 404),
    "shown-page": (404, 404, 404, 404, 404, 404),
}
OPEN = {"workshop", "ticket-create"}
SECRET_WORDS = ["The neck is loose.", "It is the soundpost.", "Glue the neck"]
INTERNAL = "Charge him double."


class World(NamedTuple):
    ticket: ServiceTicket
    quote: Quote
    people: dict[str, User]
    addresses: dict[str, str]


@pytest.fixture(scope="module")
def world(
    building: Callable[[], AbstractContextManager[None]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A ticket with all that a ticket may have, and people; nobody changes them here."""
    place = {"location": tmp_path_factory.mktemp("photos")}
    private = {**settings.STORAGES["private"], "OPTIONS": place}
    with override_settings(STORAGES={**settings.STORAGES, "private": private}):
        with building():
            world = build()
        yield world


def build() -> World:
    alice, wren = (
        make_user("alice@example.com"),
        make_staff("wren@example.com", group=WORKSHOP_STAFF),
    )
    sam = make_staff("sam@example.com", group=SHOP_STAFF)
    people = {"owner": alice, "other": make_user("bob@example.com"), "workshop": wren, "shop": sam}
    ticket = make_ticket(alice, title="Violin")
    photo, hidden = make_photo(ticket), make_hidden_photo(ticket, wren)
    draft = make_quote(ticket)
    write_form(quote=draft, values={**suggested(draft), "time_needed": "A week"})
    quote = send_quote(quote_id=draft.pk, actor=wren, site=SITE)
    pair = BeforeAfter.objects.create(
        ticket=ticket, before=photo, after=hidden, caption="x", consent="none yet", shown=False
    )
    ticket.refresh_from_db()
    return World(ticket, quote, people, addresses_of(ticket, photo, hidden, quote, pair))


def make_hidden_photo(ticket: ServiceTicket, wren: User) -> TicketImage:
    say: dict[str, Any] = {"ticket_id": ticket.pk, "author": wren, "site": SITE}
    write_message(body="It is the soundpost.", from_workshop=True, **say)
    note = write_message(body=INTERNAL, from_workshop=True, internal=True, **say)
    image = make_photo(ticket)
    TicketImage.objects.filter(pk=image.pk).update(message=note)
    return image


def visitor(who: str, world: World) -> Client:
    client = Client()
    if who in world.people:
        client.force_login(world.people[who])
    return client


def addresses_of(
    ticket: ServiceTicket, photo: TicketImage, hidden: TicketImage, quote: Quote, pair: BeforeAfter
) -> dict[str, str]:
    of_ticket = {name: [ticket.pk] for name in PAGES if "ticket-" in name}
    arguments: dict[str, list[Any]] = {
        **of_ticket,
        "ticket-list": [],
        "ticket-create": [],
        "ticket": [ticket.pk],
        "message": [ticket.pk],
        "photo": [ticket.pk, photo.pk, "large"],
        "internal-photo": [ticket.pk, hidden.pk, "thumb"],
        "photo-page": [ticket.pk, photo.pk],
        "internal-photo-page": [ticket.pk, hidden.pk],
        "status": [ticket.status_secret],
        "status-photo": [ticket.status_secret, photo.pk, "large"],
        "internal-status-photo": [ticket.status_secret, hidden.pk, "large"],
        "status-photo-page": [ticket.status_secret, photo.pk],
        "internal-status-photo-page": [ticket.status_secret, hidden.pk],
        "quote": [quote.secret],
        "repair-form": [quote.secret],
        "repair-form-pdf": [quote.secret],
        "consent": [consent_link(pair)],
        "shown": [pair.pk, "before"],
        "shown-page": [pair.pk, "before"],
    }
    return {
        name: reverse(f"repairs:{name.removeprefix('internal-')}", args=arguments.get(name, []))
        for name in PAGES
    }


def as_known_to(who: str, address: str, world: World) -> str:
    """Only `linked` has the mails; the others guess."""
    if who == "linked":
        return address
    for secret in (str(world.ticket.status_secret), world.quote.secret):
        address = address.replace(secret, "A" * len(secret))
    return re.sub(r"(?<=consent/)[^/]+", "A" * 22, address)


def test_every_address_of_the_app_is_in_the_table() -> None:
    named = {str(pattern.name) for pattern in urls.urlpatterns}
    assert named == {name for name in PAGES if not name.startswith("internal-")}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", PAGES)
def test_who_sees_what(who: str, name: str, world: World) -> None:
    client = visitor(who, world)
    address = as_known_to(who, world.addresses[name], world)
    allowed = PAGES[name][WHO.index(who)]
    for ask, headers in ((client.get, {}), (client.head, {}), (client.get, {"Range": "bytes=0-9"})):
        answer = ask(address, headers=headers)
        assert answer.status_code in {allowed, 206 if allowed == 200 else allowed}
        body = b"".join(answer) if answer.streaming else answer.content
        assert INTERNAL.encode() not in body
        if allowed != 200 or name in OPEN:
            assert not any(word.encode() in body for word in SECRET_WORDS)
            assert not body.startswith(b"\xff\xd8")


@pytest.mark.parametrize("who", WHO)
def test_a_hidden_photo_and_a_missing_one_look_the_same(who: str, world: World) -> None:
    client, ticket = visitor(who, world), world.ticket
    missing = {
        "photo": reverse("repairs:photo", args=[99999, 99999, "large"]),
        "internal-photo": reverse("repairs:photo", args=[ticket.pk, 99999, "thumb"]),
        "status-photo": reverse("repairs:status-photo", args=["A" * 22, 99999, "large"]),
        "internal-status-photo": reverse("repairs:status-photo", args=["A" * 22, 1, "large"]),
        "shown": reverse("repairs:shown", args=[99999, "before"]),
    }
    for name, nothing in missing.items():
        answer = client.get(as_known_to(who, world.addresses[name], world))
        if answer.status_code == 404:
            assert shape(answer) == shape(client.get(nothing)), name


def shape(answer: Any) -> tuple[int, int, set[str]]:
    return answer.status_code, len(answer.content), set(answer.headers)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("guest", 302),
        ("owner", 302),
        ("other", 302),
        ("workshop", 200),
        ("shop", 200),
        ("linked", 302),
    ],
)
def test_only_staff_see_tickets_in_the_admin(who: str, status: int, world: World) -> None:
    client = visitor(who, world)
    change = reverse("admin:repairs_restorals_serviceticket_change", args=[world.ticket.pk])
    for address in (change, reverse("admin:repairs_restorals_serviceticket_changelist")):
        assert client.get(address).status_code == status


def test_shop_staff_see_the_thing_and_its_bill_and_not_what_is_said_about_it(
    world: World,
) -> None:
    address = reverse("admin:repairs_restorals_serviceticket_change", args=[world.ticket.pk])
    shop, workshop = (
        visitor(who, world).get(address).content.decode() for who in ("shop", "workshop")
    )

    assert world.ticket.title in shop
    for word in (INTERNAL, "It is the soundpost.", "/photos/"):
        assert (word in workshop, word in shop) == (True, False)


# Where things are taken in and handed out.
OF_THE_SHOP = {
    *{"changelist", "add", "change", "label", "receipt", "papers", "undo", "history"},
    "address",
}


def test_no_other_staff_page_of_the_workshop_is_open_to_shop_staff(
    world: World,
) -> None:
    client = visitor("shop", world)
    pages = [
        model_admin.get_urls()
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label == "repairs_restorals"
    ]
    names = {pattern.name for patterns in pages for pattern in patterns if pattern.name}
    assert len(names) > len(PAGES)
    mine = {f"repairs_restorals_serviceticket_{name}" for name in OF_THE_SHOP}
    for name in names - mine:
        for arguments in ([], [world.ticket.pk], [world.quote.pk]):
            address = found(name, arguments)
            if address:
                assert is_refused(client.get(address)), address
                assert is_refused(client.post(address)), address


def is_refused(answer: Any) -> bool:
    """Of a row that is missing Django says so on the front page, without asking who asks."""
    to_front_page = answer.headers.get("Location") == reverse("admin:index")
    return to_front_page or answer.status_code in {403, 404, 405}


def found(name: str, arguments: list[int]) -> str:
    """The address of that name; empty when it takes other arguments."""
    try:
        return reverse(f"admin:{name}", args=arguments)
    except NoReverseMatch:
        return ""
