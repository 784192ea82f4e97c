"""Zones of a shop in Germany, for tests of prices of shipping."""

from decimal import Decimal
from typing import Any

from store.models import ShippingZone, ShopProfile

SIZES = {"small": Decimal("5.00"), "parcel": Decimal("9.00"), "bulky": Decimal("40.00")}


def make_zone(*codes: str, rates: dict[str, Decimal] | None = None, **fields: Any) -> ShippingZone:
    name = fields.pop("name", " ".join(codes))
    zone = ShippingZone.objects.create(name=name, **fields)
    for code in codes:
        zone.countries.create(code=code)
    for size, price in (SIZES if rates is None else rates).items():
        zone.rates.create(size=size, price=price)
    return zone


def ship_by_zones(country_code: str = "DE") -> None:
    """Germany, and France with Italy at twice its prices; the rest of Europe is not sent to."""
    shop = ShopProfile.get_solo()
    shop.shipping_by_zones, shop.country_code = True, country_code
    shop.save()
    make_zone("DE")
    make_zone("FR", "IT", rates={size: 2 * price for size, price in SIZES.items()})
    make_zone("BR", rates={}, on_request=True)
