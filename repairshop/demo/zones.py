"""Where the demo shop sends things: within the country, to its neighbours, further on request."""

from decimal import Decimal

from django.db import transaction

from bag.models import ShippingRequest
from repairshop.demo.people import demo_user
from repairshop.demo.site import SITE
from repairshop.demo.things import REFERENCE
from store.models import Item, ShippingZone, ShopProfile, SizeClass

NEIGHBOURS = [
    *("AT", "BE", "CZ", "DK", "ES", "FR", "IE", "IT", "LU", "NL", "PL", "PT", "SE", "SI"),
]
FURTHER = ["AU", "BR", "CA", "CH", "GB", "JP", "NO", "US"]
Rates = dict[str, Decimal]
HOME: Rates = {
    SizeClass.SMALL: Decimal("4.90"),
    SizeClass.PARCEL: Decimal("9.90"),
    SizeClass.BULKY: Decimal(65),
    SizeClass.FREIGHT: Decimal(120),
}
ABROAD: Rates = {
    SizeClass.SMALL: Decimal("12.00"),
    SizeClass.PARCEL: Decimal("24.00"),
    SizeClass.BULKY: Decimal(140),
}
# Up to which price of shipping within the country a thing is of a size.
SIZES = [(Decimal(8), SizeClass.SMALL), (Decimal(30), SizeClass.PARCEL)]
# For collection only before, and sent by a carrier of furniture now.
FREIGHT = "glazed-bookcase"


@transaction.atomic
def open_zones() -> None:
    """Send things by zones, unless the shop has some."""
    if ShippingZone.objects.exists():
        return
    add_zone("Germany", ["DE"], HOME)
    add_zone("Neighbours", NEIGHBOURS, ABROAD, on_request=True)
    add_zone("Further away", FURTHER, {}, on_request=True)
    things = Item.objects.filter(import_ref__startswith=REFERENCE)
    for item in things.exclude(shipping=None):
        size = next((size for most, size in SIZES if (item.shipping or 0) < most), SizeClass.BULKY)
        things.filter(pk=item.pk).update(size_class=size)
    things.filter(import_ref=REFERENCE + FREIGHT).update(size_class=SizeClass.FREIGHT)
    shop = ShopProfile.get_solo()
    shop.shipping_by_zones = True
    shop.save()
    ask_from_afar()


def ask_from_afar() -> None:
    """Somebody would like to have the bookcase sent to Brazil."""
    item = Item.objects.filter(import_ref=REFERENCE + FREIGHT).first()
    if item and not ShippingRequest.objects.filter(item=item).exists():
        ShippingRequest.objects.create(
            item=item,
            email="alice@example.com",
            customer=demo_user("alice@example.com"),
            country_code="BR",
            postcode="11010-000",
            city="Santos",
            note="For the library of a school. It may go by ship, and may take its time.",
            site=SITE,
        )


def add_zone(name: str, countries: list[str], rates: Rates, *, on_request: bool = False) -> None:
    position = ShippingZone.objects.count()
    zone = ShippingZone.objects.create(name=name, position=position, on_request=on_request)
    for code in countries:
        zone.countries.create(code=code)
    for size, price in rates.items():
        zone.rates.create(size=size, price=price)
