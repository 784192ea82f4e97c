"""Next in line: whoever waits for a thing that others hold gets it before everybody else."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from accounts.models import User, UserManager
from bag.exceptions import LineCrowded, LineFull, NoLine, TooMuchMail, WantsNoMail
from bag.fair_use import lock, network, spend, spend_takes
from bag.models import DAY, NoMail, PlaceInLine, PlaceQuerySet, hashed
from bag.services import claim_pieces, new_hold
from store.history import Kind, lock_lapsed, record, record_lapsed
from store.models import NO_HOLD, Item, Piece

State = PlaceInLine.State
# Of one network in one line: a household may wait, but not occupy the front.
NEIGHBOURS = 2
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

    A guest is known by the bag, and never by an address: others who give the same one
    neither get this place nor learn of it. `site` is where links in mails lead.

    Raises NoLine when nobody else has the item, LineFull, LineCrowded, TooManyTakes, and for
    a guest's address WantsNoMail or TooMuchMail.
    """
    email = UserManager.normalize_email(email)
    where = hashed(network(address)) if address else ""
    who = f"customer {customer.pk}" if customer else ""
    for name in filter(None, [bag_key, who, where, email]):
        lock(f"line of {name}")
    visitor = PlaceInLine.objects.of_visitor(bag_key=bag_key, customer=customer)
    visitor.missed().update(state=State.MISSED, changed_at=Now())
    if place := visitor.open().filter(item=item).first():
        return place
    check_others_have_it(item, bag_key)
    if visitor.open().count() >= settings.LINE_LIMIT:
        raise LineFull(limit=settings.LINE_LIMIT)
    if customer is None:
        check_may_be_mailed(email)
    if where:
        check_neighbours(item, where)
    return PlaceInLine.objects.create(
        item=item, email=email, customer=customer, bag_key=bag_key, network=where, site=site
    )


def check_others_have_it(item: Item, bag_key: str) -> None:
    """Raise NoLine when this visitor may take a piece now, or when nobody else has one."""
    pieces = Piece.objects.filter(item=item)
    waiting = PlaceInLine.objects.waiting().filter(item=item).count()
    others = pieces.on_sale().exclude(pk__in=Piece.objects.held_by(bag_key).values("pk"))
    if pieces.free().count() > waiting or not others.exists():
        raise NoLine


def check_may_be_mailed(email: str) -> None:
    """Raise WantsNoMail for an unsubscribed address, TooMuchMail for one given too often.

    Accounts have limits of their own, and see their places when no mail comes.
    """
    if NoMail.objects.filter(pk=hashed(email)).exists():
        raise WantsNoMail
    lately = PlaceInLine.objects.filter(email=email, customer=None, joined_at__gt=Now() - DAY)
    if lately.count() >= 2 * settings.LINE_LIMIT:
        raise TooMuchMail


def check_neighbours(item: Item, where: str) -> None:
    """Raise LineCrowded or TooManyTakes when too much comes from one network."""
    if PlaceInLine.objects.open().filter(item=item, network=where).count() >= NEIGHBOURS:
        raise LineCrowded(limit=NEIGHBOURS)
    spend(f"line {where}", 1, limit=4 * settings.LINE_LIMIT)


@transaction.atomic
def serve_line(*, item_id: int) -> int:
    """Hold free pieces of an item for those who have waited longest; return how many.

    When every piece has been sold or withdrawn, the line ends instead.
    """
    published = Item.objects.filter(pk=item_id).locked().values_list("published", flat=True).first()
    pieces = Piece.objects.filter(item=item_id)
    places = PlaceInLine.objects.filter(item=item_id)
    places.missed().update(state=State.MISSED, changed_at=Now())
    free = list(pieces.free().locked()) if published else []
    # Locked: nobody leaves the line while it is being served.
    waiting = places.waiting().select_for_update().order_by("pk")[: len(free)]
    served = list(zip(free, waiting, strict=False))
    for piece, place in served:
        offer(piece, place)
    if not pieces.filter(sold_at=None, withdrawn_at=None).exists():
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
    PlaceInLine.objects.missed().update(state=State.MISSED, changed_at=Now())
    pieces = Piece.objects.filter(item=OuterRef("item"))
    unsold = pieces.filter(sold_at=None, withdrawn_at=None)
    movable = Exists(pieces.free().filter(item__published=True)) | ~Exists(unsold)
    lines = PlaceInLine.objects.waiting().filter(movable).order_by("item")
    items = list(lines.values_list("item", flat=True).distinct())
    return sum(serve_line(item_id=item_id) for item_id in items)


@transaction.atomic
def take_offer(
    *, place: PlaceInLine, bag_key: str, customer: User | None, address: str = ""
) -> bool:
    """Bring what is held for a place into a bag; False when its time has gone by.

    This is a take like any other. Raises BagFull or TooManyTakes.
    """
    lock(f"bag {bag_key}")
    lock_places(PlaceInLine.objects.filter(pk=place.pk))
    offered = Piece.objects.filter(held_by=place.key)
    if not claim_pieces(pieces=offered, bag_key=bag_key, customer=customer):
        return False
    PlaceInLine.objects.filter(pk=place.pk).update(state=State.TOOK, changed_at=Now())
    # Last, as in `hold_pieces`.
    spend_takes(1, customer=customer, address=address)
    return True


@transaction.atomic
def claim_item(*, item_id: int, bag_key: str, customer: User, address: str = "") -> int:
    """Bring all of an item that is held for a customer into this bag; return how many.

    What staff have reserved, what is in the customer's bag on another device, or what was
    offered to the customer's place in line, which counts as taken now. Raises BagFull or
    TooManyTakes.
    """
    lock(f"bag {bag_key}")
    turns = PlaceInLine.objects.offered().filter(item=item_id, customer=customer)
    places = PlaceInLine.objects.filter(pk__in=lock_places(turns))
    mine = Piece.objects.filter(item=item_id, held_for=customer)
    claimed = claim_pieces(pieces=mine, bag_key=bag_key, customer=customer)
    took = places.filter(piece__held_by=bag_key).update(state=State.TOOK, changed_at=Now())
    if took:
        spend_takes(took, customer=customer, address=address)
    return claimed


def lock_places(places: PlaceQuerySet) -> list[int]:
    """Lock places, always before the pieces that are held for them; return their keys."""
    locked = places.select_for_update(of=["self"]).order_by("pk")
    return list(locked.values_list("pk", flat=True))


@transaction.atomic
def leave_line(*, place: PlaceInLine) -> bool:
    """Give a place up, and what is held for it; False when it had ended before."""
    lock_places(PlaceInLine.objects.filter(pk=place.pk))
    pieces = Piece.objects.held_by(place.key).lock()
    record(pieces, Kind.RELEASED)
    pieces.update(**NO_HOLD)
    open_ = PlaceInLine.objects.filter(pk=place.pk, state__in=[State.WAITING, State.OFFERED])
    return bool(open_.update(state=State.LEFT, changed_at=Now()))


@transaction.atomic
def unsubscribe(*, place: PlaceInLine) -> None:
    """Leave every line with this place's address, and send it no mail about lines again."""
    # As in `join_line`, so that nobody joins meanwhile.
    lock(f"line of {place.address}")
    NoMail.objects.get_or_create(pk=hashed(place.address))
    leave_lines(PlaceInLine.objects.of_address(place.address))


def leave_lines(places: PlaceQuerySet) -> None:
    for place in places.open().order_by("pk"):
        leave_line(place=place)


def subscribe(*, place: PlaceInLine) -> None:
    """Write to this place's address about lines again. Only its owner has the mailed link."""
    NoMail.objects.filter(pk=hashed(place.address)).delete()


def forget_places() -> int:
    """Delete places that ended long ago, and with them the addresses; return how many."""
    return PlaceInLine.objects.ended().filter(changed_at__lt=Now() - KEEP).delete()[0]
