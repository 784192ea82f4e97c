"""The shop's zones as `store.shipping.prices` takes them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from django.core.cache import cache

from money.currency import unit_of
from store.generation import key_of, keys_of
from store.models import Item, ShippingZone, ShopProfile
from store.models.single_row import SECONDS_FOR_PAGES
from store.shipping.prices import Sending, Thing, Zone, Zones, sending_of
from store.watched import may_go

KEY = "store.shipping_zones"
NOTHING_QUOTED: Mapping[int, Sequence[Decimal]] = MappingProxyType({})


def zones_now() -> Zones:
    """As the database has them, for what is agreed to."""
    return zones_of(ShopProfile.get_solo())


def zones_for_pages() -> Zones:
    """As they were a minute ago at most, for what is only shown. No query, without zones."""
    shop = ShopProfile.for_pages()
    if not shop.shipping_by_zones:
        return zones_of(shop)
    key = key_of(KEY)
    found: Zones | None = cache.get(key)
    if found is None:
        found = zones_of(shop)
        cache.set(key, found, SECONDS_FOR_PAGES)
    return found


def forget_zones() -> None:
    cache.delete_many(keys_of(KEY))


def zones_of(shop: ShopProfile) -> Zones:
    home = shop.country_code
    if not shop.shipping_by_zones:
        return Zones(home)
    rows = ShippingZone.objects.prefetch_related("countries", "rates")
    zones = {row: zone_of(row) for row in rows}
    return Zones(
        home, {each.code: zone for row, zone in zones.items() for each in row.countries.all()}
    )


def zone_of(row: ShippingZone) -> Zone:
    rates = list(row.rates.all())
    return Zone(
        name=row.name,
        by_weight=row.prices == ShippingZone.Prices.WEIGHT,
        by_size={rate.size: rate.price for rate in rates if rate.size},
        up_to=sorted((rate.up_to_grams, rate.price) for rate in rates if rate.up_to_grams),
        free_from=row.free_from,
        on_request=row.on_request,
    )


def thing_of(
    item: Item, quantity: int, country: str, zones: Zones, quoted: Decimal | None = None
) -> Thing:
    return Thing(
        key=item.pk,
        quantity=quantity,
        price=item.price,
        own=item.shipping,
        size=item.size_class,
        grams=item.weight_grams,
        quoted=quoted,
        may_go=may_go(item.sent_to, country, zones.home),
    )


def send(
    things: Iterable[tuple[Item, int]],
    country: str,
    zones: Zones,
    quoted: Mapping[int, Sequence[Decimal]] = NOTHING_QUOTED,
) -> Sending:
    """The prices of sending so many of each of these items together, in the shop's currency.

    `quoted` is what staff have said that it costs to there, by the item and for each piece that it
    was said of; it counts where it was said of all of them.
    """
    found = []
    for item, quantity in things:
        said = quoted.get(item.pk, ())
        price = sum(said, Decimal(0)) if said and len(said) == quantity else None
        found.append(thing_of(item, quantity, country, zones, price))
    return sending_of(found, country, zones, unit=unit_of())
