"""The bag of a session: what the shopper wants, and what is held for it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, CharField, DurationField, F, QuerySet, Value
from django.db.models.functions import Now
from django.http import HttpRequest

from accounts.models import User
from bag.cookie import new_bag_key
from bag.lines import BagLine
from bag.models import SavedItem, WaitlistEntry
from bag.sending import SendingMixin
from bag.time_left import at_limit, can_renew, time_of
from store.models import STAFF_RESERVED, WAITLIST_PREFIX, Item, Piece, PieceQuerySet
from store.statements import Statement
from store.stock import whole_seconds

# Where a session keeps what a guest has saved; no hold has such a holder.
SAVED = "saved"


def held_for_visitor(bag_key: Any, customer: Any = None) -> QuerySet[Any]:
    """Item, time left and holder of each piece in the bag, and of each that it is the visitor's
    turn for or staff have reserved for the customer; also, as held by SAVED and without a time,
    each item that the customer has saved.

    A union, so that the database looks up each part by its index.
    """
    bag = Piece.objects.held_by(bag_key)
    entries = WaitlistEntry.objects.of_visitor(bag_key=bag_key, customer=customer).offered()
    time_left = F("held_until") - Now()
    parts: list[QuerySet[Any, Any]] = [
        entries.values_list("piece__item", F("piece__held_until") - Now(), "piece__held_by")
    ]
    if customer is not None:
        reserved = Piece.objects.held_by(STAFF_RESERVED).filter(held_for=customer)
        saved = SavedItem.objects.filter(customer=customer, item__published=True)
        parts += [
            reserved.values_list("item", time_left, "held_by"),
            saved.values_list("item", Value(None, DurationField()), Value(SAVED, CharField())),
        ]
    rest = [part.order_by() for part in parts]
    found = bag.order_by().values_list("item", time_left, "held_by")
    return found.union(*rest, all=True).order_by()


# Asked on every page of a visitor with an account, and of a guest with a bag.
HELD = Statement(held_for_visitor, bag_key=CharField(), customer=BigIntegerField())
HELD_BY_GUEST = Statement(held_for_visitor, bag_key=CharField())


class Bag(SendingMixin):
    """What a visitor has in the bag.

    `session["bag"]` is `{"key": <bag key>, "items": {"<item id>": {"quantity": 1}}}`. The
    session remembers what the shopper wants, the pieces say what the bag really holds,
    and a line is in the bag when either says so. Thus two tabs that add at once, of
    which the session keeps only the last, lose nothing.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.session = request.session

    @property
    def key(self) -> str | None:
        """The key under which pieces are held; None for a visitor who has never added any."""
        stored: dict[str, Any] = self.session.get("bag", {})
        return stored.get("key")

    @property
    def customer(self) -> User | None:
        """Who is logged in; None for a guest."""
        return self.request.user if isinstance(self.request.user, User) else None

    def open(self) -> str:
        """Return the key, giving the bag one if it has none yet; see `bag.cookie`."""
        if found := self.key:
            return found
        key = new_bag_key(self.request, self.customer)
        self.session["bag"] = {"key": key, "items": {}}
        return key

    def want(self, item_id: int, quantity: int) -> None:
        """Remember how many of an item are wanted, beside everything that is held."""
        self.open()
        held = {str(pk): {"quantity": count} for pk, count in self.counts.items()}
        self._store({**held, **self._wanted, str(item_id): {"quantity": quantity}})

    def forget(self, *item_ids: int) -> None:
        """Drop lines; the caller has given the pieces back or has ordered them."""
        self._store({k: v for k, v in self._wanted.items() if int(k) not in item_ids})

    @property
    def _wanted(self) -> dict[str, dict[str, int]]:
        items: dict[str, dict[str, int]] = self.session.get("bag", {}).get("items", {})
        return items

    def _store(self, items: dict[str, dict[str, int]]) -> None:
        self.session["bag"] = {**self.session["bag"], "items": items}

    @cached_property
    def holds(self) -> list[tuple[int, timedelta | int]]:
        """Item and time left of each piece held."""
        return [(item, left) for item, left, holder in self._held if holder == self.key]

    @cached_property
    def saved(self) -> list[int]:
        """The items that the visitor has saved; those of a guest, the last one last."""
        if self.customer:
            return [item for item, _, holder in self._read if holder == SAVED]
        found: list[int] = self.session.get(SAVED, [])
        return found

    @property
    def kept(self) -> int:
        """How many pieces staff have reserved for the visitor, or it is the visitor's turn for."""
        return len(self._held) - len(self.holds)

    @property
    def _held(self) -> list[tuple[int, timedelta | int, str]]:
        return [row for row in self._read if row[2] != SAVED]

    @cached_property
    def _read(self) -> list[tuple[int, timedelta | int, str]]:
        """No query for a visitor without bag and account."""
        if self.customer:
            return HELD.tuples(bag_key=self.key or "", customer=self.customer.pk)
        return HELD_BY_GUEST.tuples(bag_key=self.key) if self.key else []

    @cached_property
    def counts(self) -> Counter[int]:
        """How many pieces of each item are held now."""
        return Counter(item_id for item_id, _ in self.holds)

    @property
    def seconds_left(self) -> int:
        """Until the first hold ends, by the database's clock."""
        return min((whole_seconds(left) for _, left in self.holds), default=0)

    @property
    def ended(self) -> int:
        """How many pieces are wanted, but not held any more."""
        return self._not_held(self.counts)

    @cached_property
    def pieces(self) -> list[Piece]:
        """The pieces that are held now, oldest hold first."""
        if not self.key:
            return []
        held = Piece.objects.held_by(self.key).with_time_left()
        return list(held.order_by("held_since", "pk"))

    @property
    def kept_pieces(self) -> PieceQuerySet:
        """What staff have reserved for the customer, and what another device's bag holds."""
        mine = Piece.objects.held().filter(held_for=self.customer) if self.customer else None
        pieces = Piece.objects.none() if mine is None else mine.exclude(held_by=self.key or "")
        elsewhere = pieces.exclude(held_by__startswith=WAITLIST_PREFIX)
        return elsewhere.select_related("item").order_by("item", "held_until")

    @cached_property
    def lines(self) -> list[BagLine]:
        """Every line, whether its hold goes on or has ended."""
        held = self._pieces_by_item
        wanted = {int(item_id): line["quantity"] for item_id, line in self._wanted.items()}
        items = Item.objects.with_availability().prefetch_related("images")
        found = items.in_bulk([*dict.fromkeys([*wanted, *held])])
        return [
            BagLine(item, max(wanted.get(pk, 0), len(held.get(pk, []))), held.get(pk, []))
            for pk, item in found.items()
        ]

    @property
    def _pieces_by_item(self) -> dict[int, list[Piece]]:
        held: dict[int, list[Piece]] = {}
        for piece in self.pieces:
            held.setdefault(piece.item_id, []).append(piece)
        return held

    def _not_held(self, held: Counter[int]) -> int:
        wanted = ((int(item_id), line["quantity"]) for item_id, line in self._wanted.items())
        return sum(max(0, quantity - held[item_id]) for item_id, quantity in wanted)

    @property
    def state(self) -> dict[str, Any]:
        """What an open page asks for to stay true; see js/hold.js."""
        return {
            **time_of(self.pieces),
            "held": len(self.pieces),
            "ended": self._not_held(Counter(piece.item_id for piece in self.pieces)),
            "renewable": can_renew(self.pieces),
            "lines": {
                pk: {**time_of(pieces), "held": len(pieces)}
                for pk, pieces in self._pieces_by_item.items()
            },
        }

    @property
    def at_limit(self) -> bool:
        """Whether renewing helps nothing any more, now or later."""
        return at_limit(self.pieces)

    def __iter__(self) -> Iterator[BagLine]:
        return iter(self.lines)

    def __len__(self) -> int:
        """How many pieces are held: the number on the badge."""
        return self.counts.total()
