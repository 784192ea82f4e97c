"""VAT by the country that a shop sends to, for tests."""

from decimal import Decimal

from django.utils import timezone

from store.models import ShopProfile
from store.taxes.rates import DestinationRate


def shop_in(country: str) -> ShopProfile:
    shop = ShopProfile.get_solo()
    shop.country_code = country
    shop.save()
    return shop


def tax_by_destination(home: str = "DE", **rates: str) -> ShopProfile:
    """A shop that charges it, with confirmed rates such as `FR="20"`, or `IT="22 5"`."""
    shop = shop_in(home)
    shop.tax_by_destination = True
    rows = []
    for country, text in rates.items():
        standard, *reduced = map(Decimal, text.split())
        rate = DestinationRate(
            country, standard, reduced[0] if reduced else None, timezone.localdate()
        )
        rows.append(rate.row)
    shop.destination_rates = rows
    shop.save()
    return shop
