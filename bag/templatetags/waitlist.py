from typing import Any, NamedTuple

from django import template
from django.utils.translation import gettext as _

from accounts.models import User
from bag.waitlist.forms import WaitlistForm
from bag.waitlist.models import WaitlistEntry
from bag.wishes.forms import WishForm
from store.models import Item, Piece
from store.stock import Stock

register = template.Library()


class WaitlistPanel(NamedTuple):
    """What an item's page says to this visitor about holds of others."""

    entry: WaitlistEntry | None = None
    kept: Piece | None = None
    expired: WaitlistEntry | None = None
    form: WaitlistForm | None = None


@register.simple_tag(takes_context=True)
def waitlist_panel(context: dict[str, Any], item: Item, stock: Stock) -> WaitlistPanel:
    """Whether the visitor waits, has a piece kept in another way, or may join the waiting list.

    Asks nothing for what is gone or in the visitor's own bag, nor for a visitor without bag
    and account.
    """
    bag = context["bag"]
    if kept := kept_for(bag.customer, stock, bag_key=bag.key):
        return WaitlistPanel(kept=kept)
    goes_on = stock.state in {Piece.State.AVAILABLE, Piece.State.HELD, Piece.State.ORDERED}
    if not goes_on or bag.key in stock.holders:
        return WaitlistPanel()
    entry = entry_of(item, bag_key=bag.key, customer=bag.customer)
    if entry and entry.is_open:
        return (
            WaitlistPanel(entry=entry) if stock.state != Piece.State.AVAILABLE else WaitlistPanel()
        )
    if entry and entry.can_rejoin:
        return WaitlistPanel(expired=entry)
    held = stock.state == Piece.State.HELD
    return WaitlistPanel(form=WaitlistForm(customer=bag.customer) if held else None)


@register.simple_tag
def join_form(bag: Any, item: Item) -> WaitlistForm:
    """The form of one line of the bag, of which there may be several on the page."""
    return WaitlistForm(customer=bag.customer, auto_id=f"join-{item.pk}-%s")


@register.simple_tag
def wish_form(bag: Any) -> WishForm:
    return WishForm(customer=bag.customer)


def kept_for(customer: User | None, stock: Stock, *, bag_key: str | None) -> Piece | None:
    """A piece that staff or another device of a customer hold, to be claimed for this bag."""
    if customer is None:
        return None
    others = [piece for piece in stock.held if piece.held_by != bag_key]
    kept = [piece for piece in others if not piece.is_offered]
    return next((piece for piece in kept if piece.held_for_id == customer.pk), None)


def entry_of(item: Item, *, bag_key: str | None, customer: User | None) -> WaitlistEntry | None:
    """The last entry of a visitor for an item, when it is not of long ago.

    Most have none, which is asked first: what an entry annotates takes long to put together.
    """
    if not (bag_key or customer):
        return None
    entries = WaitlistEntry.objects.of_visitor(bag_key=bag_key, customer=customer).recent()
    mine = entries.filter(item=item.pk).order_by("-pk")
    if not mine.exists():
        return None
    return mine.with_current_state().with_end().select_related("item", "piece").first()


@register.filter
def ordinal(number: int) -> str:
    """Which one somebody is who waits: 1 is "next"."""
    words = {1: _("next"), 2: _("second"), 3: _("third"), 4: _("fourth"), 5: _("fifth")}
    return words.get(number) or _("number %(number)d") % {"number": number}
