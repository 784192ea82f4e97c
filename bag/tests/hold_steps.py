"""Holds of other people, and what staff type on the pages about them."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import User
from bag.models import Hold, WaitlistEntry
from bag.services import new_hold
from store.models import Item, Piece, PieceEvent
from store.tests.factories import make_item

HOLDS = "/admin/bag/hold/"
RELEASE = "/admin/bag/hold/release/"
DAY = timedelta(days=1)


def held(key: str = "bag of bob", customer: User | None = None, **fields: Any) -> Hold:
    piece = make_item(**fields).pieces.get()
    Piece.objects.filter(pk=piece.pk).update(**new_hold(key, customer))
    return Hold.objects.get(pk=piece.pk)


def page_of(piece: Piece) -> str:
    return reverse("admin:bag_hold_change", args=[piece.pk])


def reserve_page(piece: Piece) -> str:
    return reverse("admin:bag_hold_reserve", args=[piece.pk])


def typed(moment: datetime) -> str:
    """A time as the browser's own field sends it."""
    return localtime(moment).strftime("%Y-%m-%dT%H:%M")


def extension(hold: Hold, **fields: Any) -> dict[str, Any]:
    until = typed(timezone.now() + DAY)
    return {"holds": [hold.version], "until": until, "reason": "On the way", **fields}


def last_event() -> PieceEvent:
    return PieceEvent.objects.latest("pk")


def wait_for(item: Item, email: str = "carla@example.com", state: str = "waiting") -> None:
    WaitlistEntry.objects.create(item=item, email=email, state=state, site="http://localhost")
