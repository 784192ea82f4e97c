"""The tax of a line of an order: kept when it is placed, so that no rate changes it later."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from money.currency import unit_of
from money.taxes import tax_in
from store.models import Item, Order, OrderLine, ShopProfile
from store.models.legal_nature import TaxScheme
from store.shipping.prices import shares
from store.taxes.places import Kind, Place, place_of

# Their tax is shown, and is that of another country where something is sent there.
SHOWN = (TaxScheme.STANDARD, TaxScheme.REDUCED)
# Of a line of a bill, besides the schemes that things have.
EXPORT = "export"


class LineTax(NamedTuple):
    """`rate` is in percent. `country` is whose tax it is, "" for the shop's own."""

    scheme: str
    rate: Decimal
    country: str = ""
    is_export: bool = False

    @property
    def is_untaxed(self) -> bool:
        """Whether an export takes the tax off: what shows none has none to take off."""
        return self.is_export and self.scheme in SHOWN

    @property
    def billed(self) -> dict[str, Any]:
        """As the lines of a bill have it."""
        if self.is_untaxed:
            return {"scheme": EXPORT, "tax_rate": Decimal(0), "tax_country": ""}
        return {"scheme": self.scheme, "tax_rate": self.rate, "tax_country": self.country}

    def charged(self, amount: Decimal, currency: str | None = None) -> Decimal:
        """What of a price is asked for: all of it, or what is left without the tax."""
        if not self.is_untaxed:
            return amount
        return amount - tax_in(amount, self.rate, currency)


def place_to_tax(order: Order, shop: ShopProfile) -> Place:
    """Whose VAT an order's is by what the shop has set, before staff have decided anything.

    A business pays that of the shop: the One-Stop Shop is for sales to consumers.
    """
    is_sent = order.delivery == Order.Delivery.SHIP and not order.is_counter_sale
    if not (shop.tax_by_destination and is_sent) or order.for_business:
        return Place()
    place = place_of(order.country_code, order.postcode, shop.country_code)
    if place.kind is Kind.MEMBER and place.country not in shop.confirmed_rates:
        return Place(Kind.APART)
    return place


def tax_of_item(item: Item, place: Place, shop: ShopProfile, *, is_export: bool = False) -> LineTax:
    """The tax of a thing that is sold now, sent to a place; an export takes off the shop's own."""
    scheme = item.tax_scheme
    rate = None if is_export else shop.confirmed_rates.get(place.country)
    if rate is None or scheme not in SHOWN:
        return LineTax(scheme, shop.rate_of(scheme), is_export=is_export)
    is_reduced = scheme == TaxScheme.REDUCED and rate.reduced is not None
    percent = rate.reduced if is_reduced and rate.reduced is not None else rate.standard
    return LineTax(scheme, percent, place.country, is_export)


def kept_tax(tax: LineTax) -> dict[str, Any]:
    """As a line of an order keeps it."""
    return {
        "tax_scheme": tax.scheme,
        "tax_rate": tax.rate,
        "tax_country": tax.country,
        "is_export": tax.is_export,
    }


def tax_off(item: Item, quantity: int, shipping: Decimal | None, shop: ShopProfile) -> Decimal:
    """What an export takes off so many pieces of a thing, and off what sending them costs."""
    tax = tax_of_item(item, Place(), shop, is_export=True)
    parts = shares(shipping or Decimal(0), [1] * quantity, unit_of())
    asked = quantity * tax.charged(item.price) + sum(map(tax.charged, parts))
    return quantity * item.price + (shipping or Decimal(0)) - asked


def keep_open_question(order: Order, place: Place, taxes: Iterable[LineTax]) -> None:
    """Write down whether staff have to say whose VAT an order's is: of some of it, one is shown."""
    taxed = any(tax.scheme in SHOWN and not tax.is_export for tax in taxes)
    undecided = place.kind is Kind.APART and taxed
    if order.tax_undecided != undecided:
        order.tax_undecided = undecided
        Order.objects.filter(pk=order.pk).update(tax_undecided=undecided)


def tax_of_line(line: OrderLine, shop: ShopProfile) -> LineTax:
    """As it was kept; of a line that keeps none, from before that, the shop's own of today."""
    if line.tax_rate is None:
        return tax_of_item(line.piece.item, Place(), shop, is_export=line.is_export)
    return LineTax(line.tax_scheme, line.tax_rate, line.tax_country, line.is_export)
