"""Mails to those in line: that it is their turn, or that there is nothing to wait for."""

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.outbox import Event, post, register
from accounts.wording import Placeholder
from bag.models import PlaceInLine
from store.models import Piece, ShopProfile

IN_LINE = _("who is in line for it")
PLACE = {
    "title": Placeholder(_("the thing"), "{{ place.item.title }}"),
    "stop": Placeholder(_("where to have no more such mails"), "{{ stop }}"),
    "store": Placeholder(_("where all things are"), '{{ site }}{% url "store:list" %}'),
}
ABOUT = "{{ place.item.title }}"

register(
    Event(
        "bag.turn",
        when=_("It is somebody’s turn to have a thing"),
        to=IN_LINE,
        placeholders={
            **PLACE,
            "link": Placeholder(_("where it is taken"), "{{ site }}{{ place.get_absolute_url }}"),
            "time": Placeholder(
                _("until when it is held"),
                "{% load clock_time %}{{ place.piece.held_until|clock_time }}",
            ),
        },
        about=ABOUT,
        needed=["link", "stop"],
    ),
    Event(
        "bag.sold",
        when=_("A thing was sold to somebody else"),
        to=IN_LINE,
        placeholders=PLACE,
        about=ABOUT,
        needed=["stop"],
    ),
    Event(
        "bag.withdrawn",
        when=_("A thing is no longer for sale"),
        to=IN_LINE,
        placeholders=PLACE,
        about=ABOUT,
        needed=["stop"],
    ),
)


def tell_those_in_line() -> int:
    """Write to those whose turn it is or whose line has ended, each once; return how many."""
    untold = PlaceInLine.objects.untold().with_standing().order_by("pk")
    return sum(map(tell, untold.select_related("item", "piece", "customer")))


@transaction.atomic
def tell(place: PlaceInLine) -> bool:
    """Write a place's mail; False when others have, or when it is not wanted.

    Mail and mark are one transaction: the UPDATE makes others wait for it, and then find
    nothing left to tell.
    """
    mine = PlaceInLine.objects.untold().filter(pk=place.pk, state=place.state)
    if not (mine.update(told_at=Now()) and place.is_mailed):
        return False
    shop = ShopProfile.get_solo()
    stop = place.site + reverse("bag:unsubscribe", args=[place.stop])
    turn = place.standing == PlaceInLine.State.OFFERED
    post(
        event_about(place),
        to=place.address,
        context={"place": place, "stop": stop},
        reply_to=shop.email,
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        site=place.site,
        useful_until=place.piece.held_until if turn and place.piece else None,
    )
    return True


def event_about(place: PlaceInLine) -> str:
    if place.standing == PlaceInLine.State.OFFERED:
        return "bag.turn"
    sold = Piece.objects.filter(item=place.item, sold_at__isnull=False).exists()
    return "bag.sold" if sold else "bag.withdrawn"
