"""What the shopper agrees to: the bag's lines with their prices, carried by the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core import signing

from bag.asked.services import exported_of
from bag.session import Bag
from invoices.orders.placing import Agreed
from store.models import Order, ShopProfile
from store.shipping.prices import Why
from store.shipping.zones import send
from store.taxes.lines import tax_off


@dataclass(frozen=True)
class Summary:
    """The lines of one checkout, by item id, and its number among those of this bag.

    Every page shown before an order is placed carries the same number, so that two tabs
    and two clicks order once.
    """

    checkout_number: int
    lines: dict[int, Agreed]
    # Why things are not sent to where the bag goes; nobody agrees to that.
    refused: Mapping[int, Why] = field(default_factory=dict, compare=False)

    @property
    def tax_off(self) -> Decimal:
        """What an export takes off, when all of it is sent."""
        return sum((line.tax_off or Decimal(0) for line in self.lines.values()), Decimal(0))

    @property
    def shipping(self) -> dict[int, Decimal | None]:
        return {pk: line.shipping for pk, line in self.lines.items()}

    @property
    def totals(self) -> dict[str, Decimal]:
        """What it comes to by way of delivery."""
        goods = sum((line.quantity * line.price for line in self.lines.values()), Decimal(0))
        shipping = (price or Decimal(0) for price in self.shipping.values())
        sent = sum(shipping, goods) - self.tax_off
        return {Order.Delivery.COLLECT: goods, Order.Delivery.SHIP: sent}

    @classmethod
    def of(cls, bag: Bag, *, agreed: "Summary | None" = None) -> "Summary":
        """Everything held, and of what was agreed before also what has lapsed since, sent to where
        the bag goes.
        """
        before = agreed.lines if agreed else {}
        quantities = []
        for line in bag.lines:
            lapsed = (
                min(line.wanted, before[line.item.pk].quantity) if line.item.pk in before else 0
            )
            if quantity := max(line.held, lapsed):
                quantities.append((line.item, quantity))
        sending = send(quantities, bag.country, bag.zones, bag.quoted)
        exported = exported_of({item.pk: quantity for item, quantity in quantities}, bag.quotes)
        prices = sending.prices
        shop = ShopProfile.get_solo() if exported else None
        off = {
            item.pk: tax_off(item, quantity, prices.get(item.pk), shop)
            for item, quantity in quantities
            if shop and item.pk in exported
        }
        lines = {
            item.pk: Agreed(quantity, item.price, prices.get(item.pk), off.get(item.pk))
            for item, quantity in quantities
        }
        number = Order.objects.filter(bag_key=bag.key).count()
        return cls(number, lines, sending.refused)

    def is_for(self, other: "Summary", *, is_sent: bool) -> bool:
        """Whether both are the same; of what is collected nobody has to agree about shipping."""
        if is_sent or self == other:
            return self == other
        return self.collected == other.collected

    @property
    def exported(self) -> set[int]:
        """The items of which VAT is taken off."""
        return {pk for pk, line in self.lines.items() if line.is_export}

    @property
    def collected(self) -> "Summary":
        lines = {pk: line._replace(shipping=None, tax_off=None) for pk, line in self.lines.items()}
        return Summary(self.checkout_number, lines)

    def order(self, bag: Bag) -> Order | None:
        """The order that this checkout has led to already."""
        return Order.objects.filter(bag_key=bag.key, checkout_number=self.checkout_number).first()

    def signed(self, bag_key: str) -> str:
        rows = [
            [
                pk,
                line.quantity,
                str(line.price),
                None if line.shipping is None else str(line.shipping),
                # A version before, which knows no exports, reads rows of four.
                *([str(line.tax_off)] if line.is_export else []),
            ]
            for pk, line in self.lines.items()
        ]
        return signing.dumps([self.checkout_number, rows], salt=f"checkout {bag_key}")

    @classmethod
    def read(cls, text: str, bag_key: str) -> "Summary | None":
        """What a page carried; None when it is not from this bag."""
        try:
            number, rows = signing.loads(text, salt=f"checkout {bag_key}")
        except signing.BadSignature:
            return None
        lines = {
            pk: Agreed(
                quantity,
                Decimal(price),
                None if shipping is None else Decimal(shipping),
                *map(off_in, off),
            )
            for pk, quantity, price, shipping, *off in rows
        }
        return cls(number, lines)


def off_in(said: Any) -> Decimal:
    """What a page has said that an export takes off.

    One of the version before says that it is an export, and not how much: an amount that nothing
    takes off, so that it is asked once more.
    """
    return Decimal(-1) if said is True else Decimal(said)
