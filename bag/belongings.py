"""What of the bag goes along when two records of one person are joined.

Of what somebody may have but once, the record that is kept keeps its own.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from accounts.joining import BELONGINGS, Belonging, moved_by
from accounts.models import User
from bag.models import ShippingRequest, WaitlistEntry
from bag.saved.models import SavedItem
from bag.wishes.models import Wish

OPEN = [WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED]


def move_places(lost: User, kept: User) -> None:
    """Of two places for one thing the one further ahead goes on."""
    for place in WaitlistEntry.objects.filter(customer=lost).order_by("pk"):
        mine = WaitlistEntry.objects.filter(customer=kept, item=place.item_id, state__in=OPEN)
        if place.state in OPEN and (other := mine.first()):
            later = max(place, other, key=lambda each: each.pk)
            if WaitlistEntry.State.OFFERED in {place.state, other.state}:
                later = place if other.state == WaitlistEntry.State.OFFERED else other
            WaitlistEntry.objects.filter(pk=later.pk).update(state=WaitlistEntry.State.LEFT)
        WaitlistEntry.objects.filter(pk=place.pk).update(customer=kept)


def of_lost(model: Any) -> Any:
    return lambda person: model.objects.filter(customer=person)


def move_saved(lost: User, kept: User) -> None:
    saved = SavedItem.objects.filter(customer=kept).values("item")
    mine: QuerySet[Any] = SavedItem.objects.filter(customer=lost)
    mine.filter(item__in=list(saved.values_list("item", flat=True))).delete()
    mine.update(customer=kept)


BELONGINGS.extend(
    [
        Belonging(
            ngettext_lazy("%d place in line", "%d places in line"),
            of_lost(WaitlistEntry),
            move_places,
        ),
        moved_by(ngettext_lazy("%d wish", "%d wishes"), of_lost(Wish)),
        moved_by(
            ngettext_lazy("%d question about shipping", "%d questions about shipping"),
            of_lost(ShippingRequest),
        ),
        Belonging(
            ngettext_lazy("%d saved thing", "%d saved things"), of_lost(SavedItem), move_saved
        ),
    ]
)
