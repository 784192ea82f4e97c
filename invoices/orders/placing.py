"""Placing an order: what was agreed moves from the bag into it, all of it or nothing."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.locking import lock_owner
from bag.asked.services import exported_of, note_order, quotes_in
from bag.exceptions import NotEnoughAvailable
from bag.services import choose_to_order
from invoices.documents.drafts import bill_order
from invoices.exceptions import SummaryChanged
from invoices.mail.orders import notify_about_order
from invoices.models.card import SESSION_LIFE
from invoices.orders.confirming import ask_to_confirm, must_be_confirmed
from invoices.orders.unpaid import check_unpaid, is_kept_by_staff, take_turns
from invoices.payments.card import open_attempt
from money.currency import unit_of
from store.history import Kind, lock_lapsed, record_events, record_lapsed
from store.models import (
    Item,
    Order,
    OrderLine,
    Piece,
    ShopProfile,
    TermsVersion,
    terms_in_force,
)
from store.services import transition_order
from store.shipping.prices import shares
from store.shipping.zones import send, zones_now
from store.taxes.lines import (
    LineTax,
    keep_open_question,
    kept_tax,
    place_to_tax,
    tax_of_item,
    tax_off,
)
from store.taxes.places import Place
from store.unconfirmed import as_part_of

# What an order line remembers of the hold that it takes over.
HOLD = ["held_since", "held_until", "renewals"]


class Agreed(NamedTuple):
    """What the shopper saw of one item when agreeing to buy it: the price of one piece, what it
    costs to send all of them, None where they are not sent, and the VAT that is taken off all that,
    None where staff have not said that it is sent as an export.
    """

    quantity: int
    price: Decimal
    shipping: Decimal | None
    tax_off: Decimal | None = None

    @property
    def is_export(self) -> bool:
        return self.tax_off is not None


@transaction.atomic
def place_order(
    *,
    order: Order,
    agreed: Mapping[int, Agreed],
    site: str,
    is_bounded: bool = False,
    terms: str = "",
) -> Order:
    """Order what was agreed, by item id, and return the order; or change nothing and raise.

    `order` is unsaved and filled in but for `payment_due_at`. The shopper's own pieces are
    taken first, then available ones. Sending the same `bag_key` and `checkout_number` again
    returns the order that the first one placed: inserting it is what the second waits for.
    `site` is where links in mails lead, such as "https://example.com"; `terms` is the digest of
    those that were agreed to, where that is known.

    Raises NotEnoughAvailable when a thing has gone to somebody else, SummaryChanged when a price,
    shipping, terms or the VAT that an export takes off are not the agreed ones any more or nothing
    was agreed, and TooMuchUnpaid when it is `is_bounded`, as all are that visitors place, and not
    all of it was kept by staff. Of whoever is not known to read its address's mail, such a one
    waits to be confirmed. Raises AccountGone when its customer is erased meanwhile.
    """
    if not agreed:
        raise SummaryChanged
    if order.customer:
        order.customer = lock_owner(order.customer)
    is_promise = is_bounded and not is_paid_by_card(order, agreed)
    if is_promise:
        take_turns(order)
        quantities = {item_id: each.quantity for item_id, each in agreed.items()}
        is_promise = not is_kept_by_staff(order.bag_key, quantities)
        order.is_unconfirmed = is_promise and must_be_confirmed(order)
    order.payment_due_at = Now() + time_to_pay(order)
    order.terms = terms_agreed(order, terms)
    # The page of the checkout and the mail about the order say it.
    order.withdrawal_told_at = Now()
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        return Order.objects.get(bag_key=order.bag_key, checkout_number=order.checkout_number)
    found = lock_agreed(order, agreed)
    shop = ShopProfile.get_solo()
    place = place_to_tax(order, shop)
    taxes = {pk: tax_agreed(order, found[pk], each, place, shop) for pk, each in agreed.items()}
    for item_id in sorted(agreed):
        order_item(order=order, item=found[item_id], agreed=agreed[item_id], tax=taxes[item_id])
    keep_open_question(order, place, taxes.values())
    invoice = bill_order(order, site=site)
    if is_promise and (invoice.total or order.is_unconfirmed):
        check_unpaid(order)
    if order.is_unconfirmed:
        ask_to_confirm(order, site)
    elif not invoice.total:
        # A gift needs nobody's money to be sold.
        transition_order(order_id=order.pk, transition=Order.Transition.PAY, actor=None)
        notify_about_order(order.pk, "placed", site)
    elif order.payment_method == Order.PaymentMethod.CARD:
        # With the order itself, so that no order waits for a card without an attempt to end it.
        open_attempt(invoice_id=invoice.pk, site=site)
    else:
        notify_about_order(order.pk, "placed", site)
    return order


def terms_agreed(order: Order, digest: str) -> TermsVersion | None:
    """Those in force; raise SummaryChanged when others were agreed to a moment ago."""
    terms = terms_in_force(order.language)
    if digest and (terms is None or terms.digest != digest):
        raise SummaryChanged
    return terms


def is_paid_by_card(order: Order, agreed: Mapping[int, Agreed]) -> bool:
    """Whether a card has to be shown for it: what costs nothing is a promise to collect it."""
    if order.payment_method != Order.PaymentMethod.CARD:
        return False
    is_sent = order.delivery == Order.Delivery.SHIP
    return any(each.price or (is_sent and each.shipping) for each in agreed.values())


def time_to_pay(order: Order) -> timedelta:
    """Cards are asked for at once, the rest has days."""
    if order.payment_method == Order.PaymentMethod.CARD and not order.is_unconfirmed:
        return SESSION_LIFE
    return ShopProfile.get_solo().time_to_pay


def lock_agreed(order: Order, agreed: Mapping[int, Agreed]) -> Mapping[int, Item]:
    """Lock the items, and raise NotEnoughAvailable when one is gone, or SummaryChanged when a price
    is not the agreed one, or one is not sent to there.
    """
    rows = Item.objects.select_for_update().filter(pk__in=agreed).order_by("pk")
    items = {item.pk: item for item in rows}
    if missing := sorted(agreed.keys() - items.keys()):
        raise NotEnoughAvailable(item_id=missing[0], left=0)
    if any(items[pk].price != each.price for pk, each in agreed.items()):
        raise SummaryChanged
    if order.delivery == Order.Delivery.SHIP:
        check_shipping(order, items, agreed)
    return items


def check_shipping(order: Order, items: Mapping[int, Item], agreed: Mapping[int, Agreed]) -> None:
    """Raise SummaryChanged when sending something to there costs something else, or is not done."""
    things = [(items[pk], each.quantity) for pk, each in agreed.items()]
    quotes = quotes_in(order.bag_key, order.country_code, order.postcode)
    sent = send(things, order.country_code, zones_now(), quotes.prices).prices
    if any(sent.get(pk) != each.shipping or pk not in sent for pk, each in agreed.items()):
        raise SummaryChanged
    exported = exported_of({pk: each.quantity for pk, each in agreed.items()}, quotes)
    if {pk for pk, each in agreed.items() if each.is_export} != exported:
        raise SummaryChanged
    note_order(order.pk, [pk for pk, item in quotes.requests if item in agreed])


def tax_agreed(
    order: Order, item: Item, agreed: Agreed, place: Place, shop: ShopProfile
) -> LineTax:
    """The tax of a locked item; raise SummaryChanged when an export takes off something else."""
    is_export = agreed.is_export and order.delivery == Order.Delivery.SHIP
    if is_export and tax_off(item, agreed.quantity, agreed.shipping, shop) != agreed.tax_off:
        raise SummaryChanged
    return tax_of_item(item, place, shop, is_export=is_export)


def order_item(*, order: Order, item: Item, agreed: Agreed, tax: LineTax) -> None:
    """Move pieces of one locked item from the bag into the order; what was agreed is so."""
    chosen = choose_to_order(item_id=item.pk, quantity=agreed.quantity, bag_key=order.bag_key)
    pieces = Piece.objects.filter(pk__in=chosen)
    own = Piece.objects.held_by(order.bag_key).filter(pk__in=chosen)
    holds = {hold.pop("pk"): hold for hold in own.values("pk", *HOLD)}
    record_lapsed(lock_lapsed(pieces))
    record_events(pieces, Kind.ORDERED, actor=order.customer, note=str(order))
    available = Piece.objects.available_to(order.bag_key).filter(pk__in=chosen)
    if available.update(**as_part_of(order)) < agreed.quantity:
        raise NotEnoughAvailable(item_id=item.pk, left=0)
    is_sent = order.delivery == Order.Delivery.SHIP
    sent = (is_sent and agreed.shipping) or Decimal(0)
    parts = shares(sent, [1] * len(chosen), unit_of(order.currency))
    OrderLine.objects.bulk_create(
        line_of(order, piece, item, shipping=part, **kept_tax(tax), **holds.get(piece, {}))
        for piece, part in zip(chosen, parts, strict=True)
    )


def line_of(order: Order, piece: int, item: Item, **others: Any) -> OrderLine:
    """What an order remembers of a piece: the item as it is at this moment, and `others`."""
    return OrderLine(
        order=order,
        piece_id=piece,
        title=item.translated_into(order.language).title,
        price=item.price,
        withdrawal_exception=item.withdrawal_exception,
        nature=item.nature,
        **others,
    )
