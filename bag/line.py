"""Next in line: whoever waits for a thing that others hold gets it before everybody else."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from accounts.models import User, UserManager
from bag.exceptions import LineFull, NoLine, WantsNoMail
from bag.fair_use import hashed, lock, network, spend
from bag.models import NoMail, PlaceInLine
from bag.services import claim_pieces, new_hold
from store.history import Kind, lock_lapsed, record, record_lapsed
from store.models import NO_HOLD, Item, Piece

State = PlaceInLine.State
# Ended places are kept for a while, so that their links can still say what became of them.
KEEP = timedelta(days=30)


@transaction.atomic
def join_line(
    *,
    item: Item,
    email: str,
    customer: User | None,
    bag_key: str,
    address: str,
    site: str,
) -> PlaceInLine:
    """Be the last in the line for an item; somebody who is in it already keeps the place.

    `site` is where links in mails lead. Raises NoLine when nobody holds the item, LineFull,
    TooManyTakes, or WantsNoMail when the owner of the address has unsubscribed and is not
    the one who asks.
    """
    email = UserManager.normalize_email(email)
    lock(f"line {email}")
    mine = PlaceInLine.objects.filter(email=email)
    mine.missed().update(state=State.MISSED, changed_at=Now())
    if place := mine.open().filter(item=item).first():
        return place
    if not Piece.objects.held().filter(item=item).exclude(held_by=bag_key).exists():
        raise NoLine
    check_mails_are_wanted(email, customer)
    visitor = PlaceInLine.objects.of_visitor(bag_key=bag_key, customer=customer) | mine
    if visitor.open().count() >= settings.LINE_LIMIT:
        raise LineFull(limit=settings.LINE_LIMIT)
    if address:
        spend(f"line {hashed(network(address))}", 1, limit=4 * settings.LINE_LIMIT)
    return PlaceInLine.objects.create(
        item=item, email=email, customer=customer, bag_key=bag_key, site=site
    )


def check_mails_are_wanted(email: str, customer: User | None) -> None:
    """Raise WantsNoMail for an unsubscribed address, unless its owner joins by the account."""
    unsubscribed = NoMail.objects.filter(pk=hashed(email))
    if customer and customer.email == email:
        unsubscribed.delete()
    elif unsubscribed.exists():
        raise WantsNoMail


@transaction.atomic
def serve_line(*, item_id: int) -> int:
    """Hold free pieces of an item for those who have waited longest; return how many.

    When every piece has been sold or withdrawn, the line ends instead.
    """
    if not Item.objects.published().filter(pk=item_id).locked().values_list("pk").first():
        return 0
    places = PlaceInLine.objects.filter(item=item_id)
    places.missed().update(state=State.MISSED, changed_at=Now())
    free = list(Piece.objects.free().filter(item=item_id).locked())
    served = list(zip(free, places.waiting().order_by("pk"), strict=False))
    for piece, place in served:
        offer(piece, place)
    if not Piece.objects.filter(item=item_id, sold_at=None, withdrawn_at=None).exists():
        places.waiting().update(state=State.SOLD, changed_at=Now(), told_at=None)
    return len(served)


def offer(piece: Piece, place: PlaceInLine) -> None:
    chosen = Piece.objects.filter(pk=piece.pk)
    record_lapsed(lock_lapsed(chosen))
    chosen.free().update(**new_hold(place.key, place.customer))
    record(chosen, Kind.OFFERED)
    PlaceInLine.objects.filter(pk=place.pk).update(
        state=State.OFFERED, piece=piece, changed_at=Now(), told_at=None
    )


def serve_lines() -> int:
    """Serve every line that can move on; return how many were offered something."""
    pieces = Piece.objects.filter(item=OuterRef("item"))
    unsold = pieces.filter(sold_at=None, withdrawn_at=None)
    movable = Exists(pieces.free()) | ~Exists(unsold)
    lines = PlaceInLine.objects.waiting().filter(movable).order_by("item")
    items = lines.values_list("item", flat=True).distinct()
    return sum(serve_line(item_id=item_id) for item_id in items)


@transaction.atomic
def take_offer(*, place: PlaceInLine, bag_key: str, customer: User | None) -> bool:
    """Bring what is held for a place into a bag; False when its time has gone by."""
    offered = Piece.objects.filter(held_by=place.key)
    if not claim_pieces(pieces=offered, bag_key=bag_key, customer=customer):
        return False
    PlaceInLine.objects.filter(pk=place.pk).update(state=State.TOOK, changed_at=Now())
    return True


@transaction.atomic
def leave_line(*, place: PlaceInLine) -> bool:
    """Give a place up, and what is held for it; False when it had ended before."""
    offered = Piece.objects.held_by(place.key)
    pieces = offered.filter(pk__in=list(offered.locked().values_list("pk", flat=True)))
    record(pieces, Kind.RELEASED)
    pieces.update(**NO_HOLD)
    open_ = PlaceInLine.objects.filter(pk=place.pk, state__in=[State.WAITING, State.OFFERED])
    return bool(open_.update(state=State.LEFT, changed_at=Now()))


def unsubscribe(*, place: PlaceInLine) -> None:
    """Leave every line with this place's address, and send it no mail about lines again."""
    NoMail.objects.get_or_create(pk=hashed(place.email))
    for other in PlaceInLine.objects.filter(email=place.email).order_by("pk"):
        leave_line(place=other)


def forget_places() -> int:
    """Delete places that ended long ago, and with them the addresses; return how many."""
    over = PlaceInLine.objects.exclude(state__in=[State.WAITING, State.OFFERED])
    return over.filter(changed_at__lt=Now() - KEEP).delete()[0]
