"""The waiting list: whoever waits for a thing that others hold gets it before everybody else."""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts.locking import lock_owner
from accounts.models import User, UserManager
from accounts.networks import network_of
from bag.exceptions import (
    JoinedTooOften,
    NetworkLimitReached,
    NothingToWaitFor,
    TooMuchMail,
    Unsubscribed,
    WaitlistLimitReached,
)
from bag.locks import lock
from bag.pseudonyms import hashed
from bag.rate_limit import consume, consume_holds
from bag.services import claim_pieces, new_hold
from bag.waitlist.models import DAY, MailOptOut, WaitlistEntry, WaitlistQuerySet
from store.history import Kind, lock_lapsed, record_events, record_lapsed
from store.models import NO_HOLD, Item, Piece
from store.models.bin import IN_BIN_FOR

State = WaitlistEntry.State
# Of one network for one item: a household may wait, but not occupy the front.
ENTRIES_PER_NETWORK = 2


@transaction.atomic
def join_waitlist(
    *,
    item: Item,
    email: str,
    customer: User | None,
    bag_key: str,
    address: str,
    site: str,
) -> WaitlistEntry:
    """Be the last who waits for an item; somebody who does already keeps the position.

    A guest is known by the bag, and never by an address: others who give the same one
    neither get this entry nor learn of it. `site` is where links in mails lead.

    Raises NothingToWaitFor when nobody else has the item, WaitlistLimitReached,
    NetworkLimitReached, JoinedTooOften, AccountGone, and for a guest's address Unsubscribed or
    TooMuchMail.
    """
    customer = customer and lock_owner(customer)
    email = UserManager.normalize_email(email)
    where = hashed(network_of(address)) if address else ""
    who = f"customer {customer.pk}" if customer else ""
    for name in filter(None, [bag_key, who, where, email]):
        lock(f"line of {name}")
    visitor = WaitlistEntry.objects.of_visitor(bag_key=bag_key, customer=customer)
    visitor.expired().update(state=State.EXPIRED, changed_at=Now())
    if entry := visitor.open().filter(item=item).first():
        return entry
    check_others_have_it(item, bag_key)
    if visitor.open().count() >= settings.WAITLIST_LIMIT:
        raise WaitlistLimitReached(limit=settings.WAITLIST_LIMIT)
    if customer is None:
        check_may_be_mailed(email)
    if where:
        check_network(item, where)
    return WaitlistEntry.objects.create(
        item=item, email=email, customer=customer, bag_key=bag_key, network=where, site=site
    )


def check_others_have_it(item: Item, bag_key: str) -> None:
    """Raise NothingToWaitFor when this visitor may take a piece, or when nobody else has one."""
    pieces = Piece.objects.filter(item=item)
    waiting = WaitlistEntry.objects.waiting().filter(item=item).count()
    others = pieces.on_sale().exclude(pk__in=Piece.objects.held_by(bag_key).values("pk"))
    if pieces.available().count() > waiting or not others.exists():
        raise NothingToWaitFor(title=item.translated.title)


def check_may_be_mailed(email: str) -> None:
    """Raise Unsubscribed for an unsubscribed address, TooMuchMail for one given too often.

    Accounts have limits of their own, and see their entries when no mail comes.
    """
    if MailOptOut.objects.filter(pk=hashed(email)).exists():
        raise Unsubscribed
    lately = WaitlistEntry.objects.filter(email=email, customer=None, joined_at__gt=Now() - DAY)
    if lately.count() >= 2 * settings.WAITLIST_LIMIT:
        raise TooMuchMail


def check_network(item: Item, where: str) -> None:
    """Raise NetworkLimitReached or JoinedTooOften when too much comes from one network."""
    if WaitlistEntry.objects.open().filter(item=item, network=where).count() >= ENTRIES_PER_NETWORK:
        raise NetworkLimitReached(limit=ENTRIES_PER_NETWORK, title=item.translated.title)
    consume(f"line {where}", 1, limit=4 * settings.WAITLIST_LIMIT, refusal=JoinedTooOften)


@transaction.atomic
def offer_to_next(*, item_id: int) -> int:
    """Hold available pieces of an item for those who have waited longest; return how many.

    When every piece has been sold or withdrawn, the waiting ends instead. While a thing is in the
    bin, those in line keep their places: it may be put back.
    """
    published = Item.objects.filter(pk=item_id).locked().values_list("published", flat=True).first()
    if published is None:
        return 0
    pieces = Piece.objects.filter(item=item_id)
    entries = WaitlistEntry.objects.filter(item=item_id)
    entries.expired().update(state=State.EXPIRED, changed_at=Now())
    available = list(pieces.available().locked()) if published else []
    # Locked: nobody leaves while pieces are being offered.
    waiting = entries.waiting().select_for_update().order_by("pk")[: len(available)]
    served = list(zip(available, waiting, strict=False))
    for piece, entry in served:
        offer(piece, entry)
    if not pieces.filter(sold_at=None, withdrawn_at=None).exists():
        entries.waiting().update(state=State.SOLD, changed_at=Now(), notified_at=None)
    return len(served)


def offer(piece: Piece, entry: WaitlistEntry) -> None:
    chosen = Piece.objects.filter(pk=piece.pk)
    record_lapsed(lock_lapsed(chosen))
    chosen.available().update(**new_hold(entry.hold_key, entry.customer))
    record_events(chosen, Kind.OFFERED)
    WaitlistEntry.objects.filter(pk=entry.pk).update(
        state=State.OFFERED, piece=piece, changed_at=Now(), notified_at=None
    )


def advance_waitlists() -> int:
    """Offer whatever is available to those who wait for it; return how many got an offer."""
    WaitlistEntry.objects.expired().update(state=State.EXPIRED, changed_at=Now())
    end_waiting_for_the_bin()
    pieces = Piece.objects.filter(item=OuterRef("item"))
    unsold = pieces.filter(sold_at=None, withdrawn_at=None)
    movable = Exists(pieces.available().filter(item__published=True)) | ~Exists(unsold)
    next_up = WaitlistEntry.objects.waiting().filter(movable, item__binned_at=None).order_by("item")
    items = list(next_up.values_list("item", flat=True).distinct())
    return sum(offer_to_next(item_id=item_id) for item_id in items)


def end_waiting_for_the_bin() -> int:
    """End the waiting for what nobody has put back for so long, but which is never removed."""
    stays = Q(item__binned_at__lte=Now() - IN_BIN_FOR, item__bin_until=None)
    over = WaitlistEntry.objects.waiting().filter(stays)
    return over.update(state=State.SOLD, changed_at=Now(), notified_at=None)


@transaction.atomic
def accept_offer(
    *, entry: WaitlistEntry, bag_key: str, customer: User | None, address: str = ""
) -> bool:
    """Bring what is held for an entry into a bag; False when its time has gone by.

    It counts as a hold like any other. Raises BagFull or RateLimitExceeded.
    """
    lock(f"bag {bag_key}")
    lock_entries(WaitlistEntry.objects.filter(pk=entry.pk))
    offered = Piece.objects.filter(held_by=entry.hold_key)
    if not claim_pieces(pieces=offered, bag_key=bag_key, customer=customer):
        return False
    WaitlistEntry.objects.filter(pk=entry.pk).update(state=State.ACCEPTED, changed_at=Now())
    # Last, as in `hold_pieces`.
    consume_holds(1, customer=customer, address=address)
    return True


@transaction.atomic
def claim_item(*, item_id: int, bag_key: str, customer: User, address: str = "") -> int:
    """Bring all of an item that is held for a customer into this bag; return how many.

    What staff have reserved, what is in the customer's bag on another device, or what was
    offered to the customer's waiting-list entry, which counts as taken now. Raises BagFull or
    RateLimitExceeded.
    """
    lock(f"bag {bag_key}")
    turns = WaitlistEntry.objects.offered().filter(item=item_id, customer=customer)
    entries = WaitlistEntry.objects.filter(pk__in=lock_entries(turns))
    mine = Piece.objects.filter(item=item_id, held_for=customer)
    claimed = claim_pieces(pieces=mine, bag_key=bag_key, customer=customer)
    accepted = entries.filter(piece__held_by=bag_key).update(state=State.ACCEPTED, changed_at=Now())
    if accepted:
        consume_holds(accepted, customer=customer, address=address)
    return claimed


def lock_entries(entries: WaitlistQuerySet) -> list[int]:
    """Lock entries, always before the pieces that are held for them; return their keys."""
    locked = entries.select_for_update(of=["self"]).order_by("pk")
    return list(locked.values_list("pk", flat=True))


@transaction.atomic
def leave_waitlist(*, entry: WaitlistEntry) -> bool:
    """Give an entry up, and what is held for it; False when it had ended before."""
    lock_entries(WaitlistEntry.objects.filter(pk=entry.pk))
    pieces = Piece.objects.held_by(entry.hold_key).lock()
    record_events(pieces, Kind.RELEASED)
    pieces.update(**NO_HOLD)
    open_ = WaitlistEntry.objects.filter(pk=entry.pk, state__in=[State.WAITING, State.OFFERED])
    return bool(open_.update(state=State.LEFT, changed_at=Now()))


@transaction.atomic
def unsubscribe(*, entry: WaitlistEntry) -> None:
    """Leave every waiting list with this entry's address, and send it no such mails again."""
    # As in `join_waitlist`, so that nobody joins meanwhile.
    lock(f"line of {entry.address}")
    MailOptOut.objects.get_or_create(pk=hashed(entry.address))
    leave_waitlists(WaitlistEntry.objects.of_address(entry.address))


def leave_waitlists(entries: WaitlistQuerySet) -> None:
    for entry in entries.open().order_by("pk"):
        leave_waitlist(entry=entry)


def resubscribe(*, entry: WaitlistEntry) -> None:
    """Write to this entry's address again. Only its owner has the mailed link."""
    MailOptOut.objects.filter(pk=hashed(entry.address)).delete()
