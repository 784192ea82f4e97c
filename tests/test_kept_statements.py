"""Every statement that is kept, against its plain queryset: with other values, other settings."""

import pkgutil
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Value
from django.test.utils import override_settings

import bag.rate_limit
import bag.services
import bag.session
import store.views.catalogue
from accounts.models import User
from accounts.tests.factories import make_user
from bag.exceptions import RateLimitExceeded
from bag.models import WaitlistEntry
from bag.services import hold_pieces, new_hold
from repairshop.sessions import SESSION, SessionStore
from store.history import Kind, record_events
from store.models import STAFF_RESERVED, Item, ItemImage, Piece, PieceEvent
from store.statements import Recorded, Statement
from store.stock import stock_of
from store.tests.factories import make_item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

Case = Callable[["Shop"], tuple[Any, Any]]
SETTINGS: list[dict[str, Any]] = [
    {"HOLD_FOR": timedelta(minutes=2), "LANGUAGE_CODE": "en", "HOLDS_PER_HOUR_PER_ADDRESS": 4},
    {"HOLD_FOR": timedelta(minutes=40), "LANGUAGE_CODE": "de", "HOLDS_PER_HOUR_PER_ADDRESS": 7},
]


class Shop:
    """Two of everything: `number` says which of the two is asked about."""

    def __init__(self) -> None:
        self.items = [make_item(slug=f"thing-{n}", pieces=3 + n) for n in range(2)]
        self.people = [make_user(f"{name}@example.com") for name in ("ann", "ben")]
        for number in range(2):
            self.number = number
            ItemImage.objects.bulk_create(
                ItemImage(item=self.item, image=f"{n}.jpg", width=1, height=1, position=9 - n)
                for n in range(2 + number)
            )
            hold_pieces(item_id=self.item.pk, quantity=1 + number, bag_key=self.bag_key)
            reserved = Piece.objects.available().filter(item=self.item).first()
            assert reserved
            Piece.objects.filter(pk=reserved.pk).update(**new_hold(STAFF_RESERVED, self.person))

    @property
    def item(self) -> Item:
        return self.items[self.number]

    @property
    def person(self) -> User:
        return self.people[self.number]

    @property
    def bag_key(self) -> str:
        return f"bag {self.number}"


def item_page(shop: Shop) -> tuple[Any, Any]:
    statement, values = store.views.catalogue.ITEM, {"slug": shop.item.slug}
    found = [
        [(item, item.newer_slug, item.older_slug) for item in rows]
        for rows in (statement.rows(**values), statement.build(**values))
    ]
    return found[0], found[1]


def pictures(shop: Shop) -> tuple[Any, Any]:
    statement, values = store.views.catalogue.IMAGES, {"item": shop.item.pk}
    kept, plain = (
        [(image, image.image.name, image.position) for image in rows]
        for rows in (statement.rows(**values), statement.build(**values))
    )
    assert len(kept) == 2 + shop.number
    return kept, plain


def asked_of(statement: Statement, **values: object) -> tuple[Any, Any]:
    kept, plain = (
        sorted((item, holder) for item, _left, holder in rows)
        for rows in (statement.tuples(**values), statement.build(**values))
    )
    return kept, plain


def held_for_visitor(shop: Shop) -> tuple[Any, Any]:
    kept, plain = asked_of(bag.session.HELD, bag_key=shop.bag_key, customer=shop.person.pk)
    assert len(kept) == 2 + shop.number
    return kept, plain


def held_for_guest(shop: Shop) -> tuple[Any, Any]:
    kept, plain = asked_of(bag.session.HELD_BY_GUEST, bag_key=shop.bag_key)
    assert len(kept) == 1 + shop.number
    return kept, plain


def available_pieces(shop: Shop) -> tuple[Any, Any]:
    statement, values = (
        bag.services.AVAILABLE_PIECES,
        {"item": shop.item.pk, "bag_key": shop.bag_key},
    )
    return statement.tuples(**values), list(statement.build(**values))


def locked_item(shop: Shop) -> tuple[Any, Any]:
    statement = bag.services.LOCKED_ITEM
    kept = statement.rows(pk=shop.item.pk, turn=shop.bag_key)
    plain = list(statement.build(pk=shop.item.pk, turn=Value(shop.bag_key)))
    return [(row.title, row.titles) for row in kept], [(row.title, row.titles) for row in plain]


def hold(shop: Shop) -> tuple[Any, Any]:
    """Pieces, and their history, after one hold of each kind; what they have done is undone."""
    return held(shop, kept_hold), held(shop, plain_hold)


def kept_hold(piece: Piece, shop: Shop) -> None:
    assert bag.services.hold(piece.pk, shop.bag_key, shop.person) == 1


def plain_hold(piece: Piece, shop: Shop) -> None:
    rows = Piece.objects.filter(pk=piece.pk)
    rows.available().update(**new_hold(shop.bag_key, shop.person))
    record_events(rows, Kind.HELD, actor=shop.person)


def held(shop: Shop, way: Callable[[Piece, Shop], None]) -> list[object]:
    with undone():
        piece = Piece.objects.available().filter(item=shop.item).get()
        way(piece, shop)
        piece.refresh_from_db()
        event = PieceEvent.objects.filter(piece=piece).latest("pk")
        assert piece.held_until
        assert piece.held_since
        assert piece.held_until - piece.held_since == settings.HOLD_FOR
        assert event.until == piece.held_until
        return [piece.pk, piece.held_by, piece.held_for, event.kind, event.actor, event.note]


def pieces(shop: Shop) -> tuple[Any, Any]:
    kept = stock_of(shop.item).pieces
    plain = list(Piece.objects.filter(item=shop.item).with_state())
    return [(p, p.state, p.held_until) for p in kept], [(p, p.state, p.held_until) for p in plain]


def consume(shop: Shop) -> tuple[Any, Any]:
    """What is used of an hour, after so many takes: more are refused than the limit allows."""
    limit = settings.HOLDS_PER_HOUR_PER_ADDRESS
    with undone():
        taken = Counter(consumes(limit) for _ in range(limit + 2))
    return taken, Counter({True: limit, False: 2})


def session(shop: Shop) -> tuple[Any, Any]:
    with undone():
        store = SessionStore()
        store["bag"] = {"key": shop.bag_key}
        store.create()
        kept = SESSION.rows(key=store.session_key)
        plain = list(Session.objects.filter(pk=store.session_key))
    assert len(kept) == 1
    assert kept[0].expire_date.tzinfo
    return [values(row) for row in kept], [values(row) for row in plain]


def values(row: Session) -> tuple[object, ...]:
    return row.session_key, row.session_data, row.expire_date


def consumes(limit: int) -> bool:
    try:
        bag.rate_limit.consume("somebody", 1, limit=limit)
    except RateLimitExceeded:
        return False
    return True


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


CASES: dict[str, Case] = {
    "store.views.catalogue.ITEM": item_page,
    "store.views.catalogue.IMAGES": pictures,
    "store.stock.PIECES": pieces,
    "bag.session.HELD": held_for_visitor,
    "bag.session.HELD_BY_GUEST": held_for_guest,
    "bag.services.AVAILABLE_PIECES": available_pieces,
    "bag.services.LOCKED_ITEM": locked_item,
    "bag.services.HOLD": hold,
    "bag.rate_limit.CONSUME": consume,
    "repairshop.sessions.SESSION": session,
}


@pytest.mark.parametrize("round_", range(3))
def test_a_kept_statement_says_what_its_queryset_says(round_: int) -> None:
    shop = Shop()
    WaitlistEntry.objects.create(item=shop.items[0], email="cleo@example.com", site="")
    rounds = [(*case, number) for case in CASES.items() for number in range(2)]
    random.shuffle(rounds)

    for name, case, number in rounds:
        shop.number = number
        with override_settings(**SETTINGS[number]), transaction.atomic():
            kept, plain = case(shop)
        assert kept == plain, f"{name} in the order {[(n, k) for n, _, k in rounds]}"


def test_no_other_statement_is_kept() -> None:
    for app in ("accounts", "bag", "invoices", "repairs_restorals", "repairshop", "store"):
        for module in pkgutil.walk_packages(import_module(app).__path__, f"{app}."):
            # The tasks have no table here, see `tests/test_task_queue.py`.
            if not {"tests", "wsgi", "tasks"} & {*module.name.split(".")}:
                import_module(module.name)
    kept = {
        f"{module.__name__}.{name}"
        for module in list(sys.modules.values())
        if not module.__name__.startswith("tests") and ".tests" not in module.__name__
        for name, value in list(vars(module).items())
        if isinstance(value, Statement | Recorded)
    }

    assert kept == CASES.keys()
