"""What the state of a thing is called, wherever somebody reads it.

List, page, bag, messages and admin take their words from here, so that they say the same.
"""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from store.models import Item, Piece

Holder, State = Piece.Holder, Piece.State


class FirstHold(NamedTuple):
    """Which hold of an item ends first: who has it, and until when."""

    holder: str
    until: datetime


def state_words(state: str, *, holder: str = Holder.BAG, until: str = "", number: int = 1) -> str:
    """Words for the state of a piece, or of `number` alike, as part of a sentence.

    What is held also needs its holder, and until when, written for whoever reads it.
    """
    if state == State.HELD and until:
        return held_words(holder, until)
    if state == State.AVAILABLE and number > 1:
        return ngettext("%(number)d available", "%(number)d available", number) % {"number": number}
    return str(State(state).label)


def held_words(holder: str, until: str) -> str:
    if holder == Holder.STAFF:
        return _("reserved until %(time)s") % {"time": until}
    if holder == Holder.WAITLIST:
        return _("offered to the next in line until %(time)s") % {"time": until}
    return _("in somebody’s bag until %(time)s") % {"time": until}


def is_available(item: Item) -> bool:
    """Whether anybody may take a piece now, of an item read `with_availability`."""
    return bool(ends_of(item)) and first_hold(item) is None


def first_hold(item: Item) -> FirstHold | None:
    """The hold that ends first; None when a piece is available, or when none is on sale."""
    ends = ends_of(item)
    until, now = as_time(ends.get("first")), as_time(item.now)
    if until is None or now is None or until <= now:
        return None
    special = (Holder.STAFF, Holder.WAITLIST)
    return FirstHold(
        next((who for who in special if ends[who] == ends["first"]), Holder.BAG), until
    )


def ends_of(item: Item) -> dict[str, Any]:
    ends: dict[str, Any] = json.loads(item.ends) if isinstance(item.ends, str) else item.ends or {}
    return ends


def as_time(value: datetime | str | None) -> datetime | None:
    """Read a computed time, which comes as text out of JSON, and of SQLite in any case."""
    if not isinstance(value, str):
        return value
    time = datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
