from typing import Any, NamedTuple

from django import template
from django.utils.translation import gettext as _

from accounts.models import User
from bag.forms import PlaceForm
from bag.models import PlaceInLine
from store.models import Item, Piece
from store.stock import Stock

register = template.Library()


class Line(NamedTuple):
    """What an item's page says to this visitor about holds of others."""

    place: PlaceInLine | None = None
    kept: Piece | None = None
    missed: PlaceInLine | None = None
    form: PlaceForm | None = None


@register.simple_tag(takes_context=True)
def line_of(context: dict[str, Any], item: Item, stock: Stock) -> Line:
    """Whether the visitor is in line, has a piece kept in another way, or may join the line.

    Asks nothing for what is gone or in the visitor's own bag, nor for a visitor without bag
    and account.
    """
    bag = context["bag"]
    if kept := kept_for(bag.customer, stock, bag_key=bag.key):
        return Line(kept=kept)
    goes_on = stock.state in {Piece.State.FREE, Piece.State.HELD, Piece.State.ORDERED}
    if not goes_on or bag.key in stock.holders:
        return Line()
    place = place_of(item, bag_key=bag.key, customer=bag.customer)
    if place and place.is_open:
        return Line(place=place) if stock.state != Piece.State.FREE else Line()
    if place and place.can_come_again:
        return Line(missed=place)
    return Line(form=PlaceForm(customer=bag.customer) if stock.state == Piece.State.HELD else None)


def kept_for(customer: User | None, stock: Stock, *, bag_key: str | None) -> Piece | None:
    """A piece that staff or another device of a customer hold, to be claimed for this bag."""
    if customer is None:
        return None
    others = [piece for piece in stock.held if piece.held_by != bag_key]
    kept = [piece for piece in others if not piece.is_offered]
    return next((piece for piece in kept if piece.held_for_id == customer.pk), None)


def place_of(item: Item, *, bag_key: str | None, customer: User | None) -> PlaceInLine | None:
    if not (bag_key or customer):
        return None
    """The last place of a visitor in the line for an item, when it is not of long ago."""
    places = PlaceInLine.objects.of_visitor(bag_key=bag_key, customer=customer).of_late()
    found = places.filter(item=item).with_standing().with_end().select_related("item", "piece")
    return found.order_by("-pk").first()


@register.filter
def in_words(number: int) -> str:
    """Which one somebody is in a line: 1 is "next"."""
    words = {1: _("next"), 2: _("second"), 3: _("third"), 4: _("fourth"), 5: _("fifth")}
    return words.get(number) or _("number %(number)d") % {"number": number}
