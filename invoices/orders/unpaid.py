"""How much one person may bind by orders that nobody has paid, so that nobody empties the shop."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.limits import mailbox_of
from accounts.networks import client_address, is_from_outside, network_of
from bag.locks import lock
from bag.pseudonyms import hashed
from bag.services import PROMISED
from store.exceptions import Refusal
from store.history import Kind
from store.models import Order, OrderLine, OrderQuerySet, OrderStage, Piece, PieceEvent

# Orders that bind things on a promise alone. A pay page of a card ends by itself within the hour.
PROMISES = [
    OrderStage.UNCONFIRMED,
    OrderStage.TRANSFER,
    OrderStage.RESERVED,
    OrderStage.READY_UNPAID,
]
# The lines of an order but for what staff had reserved for its customer. A hold begins with that;
# SQLite has written the same time as two texts, of which the line's is the longer one.
BEGUN = OuterRef("held_since") - timedelta(seconds=1)
KEPT = Exists(PieceEvent.objects.filter(piece=OuterRef("piece"), kind=Kind.RESERVED, at__gte=BEGUN))
UNKEPT = Prefetch("lines", OrderLine.objects.exclude(KEPT))
# Households and offices share an address.
PEOPLE_PER_NETWORK = 3


class TooMuchUnpaid(Refusal):
    """One person has bound as much as may be bound without paying."""

    words = _(
        "You have ordered as much as we keep for you unpaid. Pay by card, pay what you have "
        "ordered first, or ask us: we gladly keep it for you."
    )


class TooManyUnconfirmed(TooMuchUnpaid):
    """All orders that nobody has confirmed bind as much as they may."""

    words = _(
        "Just now so many orders wait to be confirmed that we keep no more of them. Pay by card, "
        "or try it again in an hour."
    )


class ConfirmedTooLate(TooMuchUnpaid):
    """The time in which the order's address was to confirm it is over."""

    words = _("The time to confirm this order is over. Pay it by card, or let it end.")


def network_key(request: HttpRequest) -> str:
    """A keyed hash of the network from where an order comes; empty when that says nothing."""
    network = network_of(client_address(request))
    return hashed(network) if is_from_outside(request) else ""


def take_turns(order: Order) -> None:
    """Let orders of one person wait for each other until the transaction ends, before any lock."""
    who = [mailbox_of(order.email), order.customer_id, order.placed_from]
    for name in sorted(f"unpaid {each}" for each in who if each):
        lock(name)


def is_kept_by_staff(bag_key: str, quantities: Mapping[int, int]) -> bool:
    """Whether staff have reserved all that is ordered, by item, for whoever has this bag.

    Their word is enough for that, and for nothing beside it.
    """
    kept = Piece.objects.held_by(bag_key).filter(PROMISED, item__in=quantities)
    counts = Counter(kept.values_list("item", flat=True))
    return all(counts[item] >= quantity for item, quantity in quantities.items())


def check_unpaid(order: Order) -> None:
    """Raise TooMuchUnpaid when a new order, with its lines, is more than may be bound.

    One thing may always be ordered by whoever has bound none: what it costs says nothing. What
    staff had reserved counts nowhere.
    """
    for mine, people in promises_of(order):
        orders = [each for each in mine.prefetch_related(UNKEPT) if each.lines_that_count]
        value = sum((each.total for each in orders), Decimal(0))
        if len(orders) > people * settings.UNPAID_ORDERS:
            raise TooMuchUnpaid
        is_one_thing = [len(each.lines_that_count) for each in orders] == [1]
        if value > people * settings.UNPAID_VALUE and not is_one_thing:
            raise TooMuchUnpaid


def promises_of(order: Order) -> list[tuple[OrderQuerySet, int]]:
    """All orders like this one, itself among them, by the person and by the network."""
    promises = Order.objects.at_stage(*PROMISES)
    person = same_mailbox(order.email)
    if not order.is_unconfirmed:
        # Whoever is known to read that mailbox answers for nothing that strangers order under it.
        person &= Q(is_unconfirmed=False)
    if order.customer_id:
        person |= Q(customer=order.customer_id)
    found = [(promises.filter(person), 1)]
    if order.placed_from:
        found.append((promises.filter(placed_from=order.placed_from), PEOPLE_PER_NETWORK))
    return found


def same_mailbox(email: str) -> Q:
    """Orders of all spellings that lead to one mailbox: `ann@…`, `Ann@…` and `ann+shop@…`."""
    mailbox = mailbox_of(email)
    name, at, domain = mailbox.rpartition("@")
    labelled = Q(email__istartswith=f"{name}+", email__iendswith=f"@{domain}") if at else Q(pk=None)
    return Q(email__iexact=mailbox) | labelled
