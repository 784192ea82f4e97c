"""Rows 20 and 21: nobody reads or changes what is another's, by any address or form there is."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html import escape
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
)
from django.test import Client, override_settings
from django.urls import get_resolver

from accounts.models import SecurityLogEntry, User
from accounts.tests.factories import PASSWORD, make_user
from bag.models import RateLimit
from repairshop.models import Heartbeat
from store.models import Piece
from tests.browsing import Page
from tests.everything import addresses_of, in_addresses, live, routes
from tests.replay import (
    MODELS,
    Change,
    Form,
    ask,
    belongings,
    changes_by,
    everything,
    forms_of,
    guessed,
    pages_of,
    undone,
    words_of,
)
from tests.stripe_standin.driver import Standin

# Each form is sent in a transaction that is undone: what it does in several is one here.
pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]
# Where everybody may go: out, and to the log-in; who may do nothing finds the desk empty.
OPEN = re.compile(r"/admin/($|(logout|login|jsi18n)/)")
# Nobody would fill these in.
ODD_WORD, ODD_NUMBER, ODD_DAY = "smuggled", "987654", "1999-12-31"
# What has tests of its own: the admin, and addresses of files and programs.
OTHERS = re.compile(r"/admin/|/healthz|.*\(\?P|/sitemap-|/stripe/")
# What changes on a piece that somebody takes into the bag.
TAKING = {"held_by", "held_until", "held_since", "held_for_id"}


class World(NamedTuple):
    alice: User
    client: Client
    strangers: dict[str, Client]
    owners: dict[str, list[Model]]
    # What alice sees by each route, and where that leads.
    pages: dict[str, Page]


@pytest.fixture(scope="module")
def lived(building: Callable[[], AbstractContextManager[None]], running_standin: Standin) -> World:
    """What alice has done, and who has nothing to do with it."""
    with building(), override_settings(**running_standin.settings):
        alice, bob = make_user("alice@example.com"), make_user("bob@example.com")
        clerk = User.objects.create_user("clerk@example.com", PASSWORD, is_staff=True)
        Heartbeat.objects.create(process="web")
        client = Client()
        live(client, alice)
        strangers = {"guest": Client(), "customer": Client(), "clerk": Client()}
        strangers["customer"].force_login(bob)
        strangers["clerk"].force_login(clerk)
        owners: dict[str, list[Model]] = {"guest": [], "customer": [bob], "clerk": [clerk]}
        return World(alice, client, strangers, owners, pages_of(client, addresses(client)))


@pytest.fixture
def world(lived: World, provider: Standin) -> World:
    """The same for each test: whatever is asked or sent is taken back."""
    return lived


def of_shop() -> Iterator[str]:
    return (route for route in routes(get_resolver()) if not OTHERS.match(route))


def addresses(client: Client) -> Iterator[str]:
    """A page of each route, whether a link leads there or not."""
    known = in_addresses()
    yield "/"
    for route in of_shop():
        for address in islice(addresses_of(route, known), 60):
            with undone():
                shown = client.get(address).status_code == 200
            if shown:
                yield address
                break


def bare(known: set[str]) -> Iterator[Form]:
    """An empty form for each route, for those to which no page of this world has one."""
    values = in_addresses()
    for route in of_shop():
        found = [*islice(addresses_of(route, values), 5)]
        assert found, f"No address for {route}"
        yield from (Form("", address, {}, frozenset()) for address in found if address not in known)


def test_nobody_sees_what_is_anothers(world: World) -> None:
    public = b"".join(page.content for page in pages_of(Client(), ["/"]).values())
    words = {
        written.encode()
        for word in words_of(belongings(world.alice))
        for written in (word, escape(word))
    }
    secret = {word for word in words if word not in public}
    assert len(secret) > 30
    assert sum(any(word in page.content for word in secret) for page in world.pages.values()) > 20

    for who, stranger in world.strangers.items():
        for address in world.pages:
            with undone():
                seen = ask(stranger, guessed(address))
            told = [word for word in secret if word in seen.content]
            assert told == [], (who, address)


def test_nobody_sends_what_is_anothers(world: World) -> None:
    forms = forms_of(world.pages)
    assert len(forms) > 20
    forms += bare({urlsplit(form.target).path for form in forms})
    elsewhere = Client()
    elsewhere.force_login(world.alice)
    before = everything()
    hers = belongings(world.alice)
    key = world.client.session.session_key

    done = [change for form in forms for change in changes_by(elsewhere, form, before)]
    assert sum(not harmless(change, own=set(), hers=hers, session=key) for change in done) > 10
    for who, stranger in world.strangers.items():
        own = belongings(*world.owners[who])
        for form in forms:
            unlinked = form._replace(target=guessed(form.target))
            for change in changes_by(stranger, unlinked, before):
                assert harmless(change, own=own, hers=hers, session=key), (who, form, change)


def harmless(change: Change, *, own: set[Any], hers: set[Any], session: str | None) -> bool:
    """Whether a stranger may do this: to the shop's things, or to what is the stranger's own."""
    if change.model is Session:
        return bool(change.pk != session)
    row = change.after or change.before or {}
    links = {
        (field.related_model, row[field.attname])
        for field in change.model._meta.concrete_fields
        if field.remote_field
    }
    if change.before is None:
        return not links & hers
    if change.model is Piece and not change.before["held_by"]:
        return change.fields <= TAKING
    return change.model is RateLimit or (change.model, change.pk) in own


def test_the_admin_is_closed_to_all_others(world: World, admin_client: Client) -> None:
    pages = {
        address: page
        for address, page in pages_of(admin_client, ["/admin/"], each=1).items()
        if address.startswith("/admin/") and not OPEN.match(address)
    }
    assert len(pages) > 75
    forms = [form for form in forms_of(pages) if form.target.startswith("/admin/")]
    before = everything()
    for who, stranger in world.strangers.items():
        for address in pages:
            assert ask(stranger, address).status in {302, 403, 404}, (who, address)
        for form in forms:
            changed = {change.model for change in changes_by(stranger, form, before)}
            assert changed <= {Session, SecurityLogEntry, RateLimit}, (who, form)


def test_forms_change_only_their_own_fields(world: World, admin_client: Client) -> None:
    before = everything()
    admin = pages_of(admin_client, ["/admin/"], each=1)
    for client, pages in ((world.client, world.pages), (admin_client, admin)):
        for form in forms_of(pages):
            more = {name: value for name, value in smuggled().items() if name not in form.names}
            fuller = form._replace(fields={**more, **form.fields})
            honest, other = (told(changes_by(client, each, before)) for each in (form, fuller))
            assert other == honest, form


def smuggled() -> dict[str, str]:
    """A value for each field of each model, that nobody would have."""
    return {
        field.name: other_value(field)
        for model in MODELS.values()
        for field in model._meta.concrete_fields
    }


def other_value(field: "Field[Any, Any]") -> str:
    if field.choices:
        return str(list(field.flatchoices)[-1][0])
    if isinstance(field, BooleanField):
        return "on"
    if isinstance(field, (DateTimeField, DateField)):
        return ODD_DAY
    if isinstance(field, (IntegerField, DecimalField, ForeignKey)):
        return ODD_NUMBER
    return ODD_WORD


def chosen(model: type[Model]) -> list[str]:
    """The fields whose values are a few, none of which would look odd."""
    return [
        field.attname
        for field in model._meta.concrete_fields
        if field.choices or isinstance(field, BooleanField)
    ]


def told(changes: list[Change]) -> list[Any]:
    """What was changed, but for what is another one each time: numbers of rows, times, secrets."""
    return sorted(
        (
            change.model.__name__,
            change.before is None,
            change.after is None,
            sorted(change.fields),
            [
                " ".join(map(str, (change.after or {}).values())).count(odd)
                for odd in (ODD_WORD, ODD_NUMBER, ODD_DAY)
            ],
            [change.after[name] for name in chosen(change.model)] if change.after else [],
        )
        for change in changes
        if change.model is not Session
    )
