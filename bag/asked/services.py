"""Asking what sending a thing costs, and answering: once, with the piece held for who asks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.erasing import hide_in_admin_log
from accounts.locking import lock_owner
from accounts.models import User
from bag.asked.models import IS_ORDERED, ShippingRequest
from bag.exceptions import NotEnoughAvailable
from bag.reservations import reserve_piece
from bag.services import claim_pieces
from mail.outbox import enqueue_mail
from store.exceptions import Refusal
from store.history import Kind, record_events
from store.models import NO_HOLD, Piece, PieceQuerySet, ShopProfile
from store.questions import tell_shop_once
from store.services import lock_items
from store.taxes.places import is_alike


class AnsweredMeanwhile(Refusal):
    """Somebody else has answered first, or it is wanted no more."""

    words = gettext_lazy("It was answered or withdrawn meanwhile; yours was not sent.")


class OfferOver(Refusal):
    """What was reserved is free again, or somebody else's."""

    words = gettext_lazy("Its time is over: it is no longer reserved for you.")


def ask(asked: ShippingRequest) -> ShippingRequest:
    """Write a request down and tell the shop; what was sent twice is found."""
    same, context = ["email", "item", "country_code"], {"asked": asked}
    return tell_shop_once(asked, "bag.shipping_shop", context, same=same)


@transaction.atomic
def offer_shipping(
    *,
    request_id: int,
    price: Decimal,
    until: datetime,
    text: str,
    actor: User,
    is_export: bool = False,
) -> ShippingRequest:
    """Answer with a price, hold a piece for who asks until a moment, and mail it.

    With `is_export` it goes without VAT, which is taken off the thing and off this price.

    Two who answer at once wait for each other at the request's row: the second raises
    AnsweredMeanwhile, and holds nothing. Raises NotEnoughAvailable when every piece is another's,
    and AccountGone.
    """
    lock_asker(request_id)
    asked = lock_unanswered(request_id)
    piece = Piece.objects.available().filter(item=asked.item_id).order_by("pk").first()
    if piece is None:
        raise NotEnoughAvailable(item_id=asked.item_id, left=0)
    # Not the address: whose request it is goes with the request.
    reason = _("Shipping on request, %s") % f"#{asked.pk}"
    until = reserve_piece(
        piece=piece, until=until, customer=asked.customer, actor=actor, reason=reason
    )
    piece.refresh_from_db()
    asked.piece, asked.held_since, asked.price, asked.until = piece, piece.held_since, price, until
    asked.is_export = is_export
    return send_answer(asked, "bag.shipping_offer", text, actor)


@transaction.atomic
def decline_shipping(*, request_id: int, text: str, actor: User) -> ShippingRequest:
    """Answer that it is not sent there. Raises AnsweredMeanwhile."""
    return send_answer(lock_unanswered(request_id), "bag.shipping_declined", text, actor)


def lock_asker(request_id: int) -> None:
    """Whoever is to have it before the thing, as an order does."""
    asked = ShippingRequest.objects.select_related("customer").filter(pk=request_id).first()
    if asked and asked.customer:
        lock_owner(asked.customer)


def lock_unanswered(request_id: int) -> ShippingRequest:
    lock_item_of(request_id)
    rows = ShippingRequest.objects.unanswered().select_for_update(of=["self"])
    asked = rows.select_related("item", "customer").filter(pk=request_id).first()
    if asked is None:
        raise AnsweredMeanwhile
    return asked


def lock_item_of(request_id: int) -> None:
    """The thing before the request, as an order does."""
    lock_items(ShippingRequest.objects.filter(pk=request_id).values_list("item_id", flat=True))


def send_answer(asked: ShippingRequest, event: str, text: str, actor: User) -> ShippingRequest:
    asked.answer, asked.answered_by, asked.answered_at = text, actor, Now()
    asked.save()
    asked.refresh_from_db()
    enqueue_mail(
        event,
        to=asked.email,
        language=asked.language,
        context={"asked": asked},
        reply_to=ShopProfile.get_solo().email,
        site=asked.site,
        useful_until=asked.until,
    )
    return asked


@transaction.atomic
def end_request(*, request_id: int) -> bool:
    """Want it no more, and give back what is held for it; False when it had ended before."""
    lock_item_of(request_id)
    rows = ShippingRequest.objects.filter(ended_at=None).exclude(IS_ORDERED)
    asked = rows.select_for_update(of=["self"]).filter(pk=request_id).first()
    if asked is None:
        return False
    pieces = held_for(asked).lock()
    record_events(pieces, Kind.RELEASED, note=_("Shipping on request is not wanted any more"))
    pieces.update(**NO_HOLD)
    ShippingRequest.objects.filter(pk=request_id).update(ended_at=Now())
    return True


@transaction.atomic
def accept_offer(*, asked: ShippingRequest, bag_key: str, customer: User | None) -> None:
    """Bring what is reserved into the bag; it stays held for as long as before.

    Raises OfferOver, and BagFull.
    """
    pieces = held_for(asked)
    if pieces.filter(held_by=bag_key).exists():
        return
    if not claim_pieces(pieces=pieces, bag_key=bag_key, customer=customer or asked.customer):
        raise OfferOver


def held_for(asked: ShippingRequest) -> PieceQuerySet:
    """The piece of a request while it is held by the very hold of its answer."""
    offered = ShippingRequest.objects.offered().filter(pk=asked.pk)
    return Piece.objects.held().filter(pk__in=offered.values("piece"))


def forget_requests(keys: list[int]) -> None:
    """What is reserved by them is free again."""
    for key in keys:
        end_request(request_id=key)
    hide_in_admin_log(ShippingRequest, keys)
    ShippingRequest.objects.filter(pk__in=keys).delete()


def note_order(order_id: int, requests: Sequence[int]) -> None:
    ShippingRequest.objects.filter(pk__in=requests).update(order=order_id)


class Quotes(NamedTuple):
    """Of pieces in a bag, what staff have said that sending them costs: by item."""

    prices: Mapping[int, Sequence[Decimal]]
    # Each with its item.
    requests: Sequence[tuple[int, int]]
    # Of how many pieces of an item they have said that they go as an export, without VAT.
    exports: Mapping[int, int]


def quotes_in(bag_key: str, country: str, postcode: str | None = None) -> Quotes:
    """To this country, and good now.

    Parts of a country may have another law on VAT: what was said of one of them is an export to no
    other, by the postcode of where it goes, where that is known by now.
    """
    rows = ShippingRequest.objects.in_bag(bag_key).filter(country_code=country)
    found = rows.order_by("pk").values_list("pk", "item", "price", "is_export", "postcode")
    prices: dict[int, list[Decimal]] = {}
    for _pk, item, price, _export, _asked in found:
        prices.setdefault(item, []).append(price or Decimal(0))
    exports = Counter(
        item
        for _pk, item, _price, is_export, asked in found
        if is_export and (postcode is None or holds_for(country, asked, postcode))
    )
    return Quotes(prices, [(pk, item) for pk, item, *_others in found], exports)


def holds_for(country: str, asked: str, postcode: str) -> bool:
    return is_alike(country, asked, postcode, ShopProfile.get_solo().country_code)


NO_QUOTES = Quotes({}, [], {})


def exported_of(quantities: Mapping[int, int], quotes: Quotes) -> set[int]:
    """The items that go as an export, by what staff have said of each piece of them."""
    return {item for item, quantity in quantities.items() if quotes.exports.get(item) == quantity}
