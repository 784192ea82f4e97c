"""What the state of a thing is called, wherever somebody reads it.

List, page, bag, messages and admin take their words from here, so that they say the same.
"""

import json
from datetime import UTC, datetime
from typing import NamedTuple

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
    if holder in {Holder.STAFF, Holder.ORDER}:
        return _("reserved until %(time)s") % {"time": until}
    if holder == Holder.WAITLIST:
        return _("offered to the next in line until %(time)s") % {"time": until}
    return _("in somebody’s bag until %(time)s") % {"time": until}


def is_available(item: Item) -> bool:
    """Whether anybody may take a piece now, of an item read `with_availability`."""
    return item.ends == ""


def first_hold(ends: str | None) -> FirstHold | None:
    """The hold that ends first, of `ends` of an item read `with_availability`.

    None when a piece is available, or when none is on sale.
    """
    if not ends:
        return None
    times = json.loads(ends)
    special = (Holder.STAFF, Holder.WAITLIST, Holder.ORDER)
    holder = next((who for who in special if times[who] == times["first"]), Holder.BAG)
    return FirstHold(holder, as_time(times["first"]))


def as_time(text: str) -> datetime:
    """Read a time out of JSON, in which SQLite writes none of the zone."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
