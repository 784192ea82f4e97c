from typing import Any

from django.db.models.functions import Now

from bag.models import WaitlistEntry
from bag.services import hold_pieces
from bag.waitlist.services import advance_waitlists, join_waitlist
from store.models import Item, Piece
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse

SITE = "https://shop.example.com"


def make_held_item(*, pieces: int = 1, **fields: Any) -> Item:
    """An item, all pieces of which are in the bag "holder"."""
    item = make_item(pieces=pieces, **fields)
    if pieces:
        hold_pieces(item_id=item.pk, quantity=pieces, bag_key="holder")
    return item


def join(item: Item, name: str, **fields: Any) -> WaitlistEntry:
    """Be next in line as `<name>@example.com` with the bag of that name."""
    defaults: dict[str, Any] = {
        "email": f"{name}@example.com",
        "customer": None,
        "bag_key": name,
        "address": "",
        "site": SITE,
    }
    return join_waitlist(item=item, **{**defaults, **fields})


def state_and_position(entry: WaitlistEntry) -> tuple[str, int]:
    """How an entry stands now, and the how many-th it is."""
    now = WaitlistEntry.objects.with_current_state().get(pk=entry.pk)
    return now.current_state, now.position


def free_and_serve() -> int:
    """Let everything lapse, as time does, and serve the lines, as the timer does."""
    let_holds_lapse()
    return advance_waitlists()


def sell(item: Item) -> None:
    Piece.objects.filter(item=item).update(
        held_by=None, held_since=None, held_until=None, sold_at=Now()
    )
