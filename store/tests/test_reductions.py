"""A reduction is announced from the lowest price of the 30 days before: Directive 98/6/EC, 6a."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from store.models import Item, PastPrice
from store.reductions import lowest_before
from store.tests.admin_steps import change
from store.tests.factories import make_item

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]


def priced(*prices: int, **fields: Any) -> Item:
    """An item that had these prices, each for an hour, and has the last one."""
    item = make_item(price=Decimal(prices[0]), **fields)
    for price in prices[1:]:
        Item.objects.filter(pk=item.pk).update(price=price)
    item.refresh_from_db()
    return item


def kept() -> list[Decimal]:
    return [past.price for past in PastPrice.objects.all()]


def test_the_database_keeps_what_a_published_thing_has_cost() -> None:
    item = priced(100, 90)
    item.price = Decimal(80)
    item.save()
    Item.objects.bulk_update([item], ["price"])
    Item.objects.update(title="Lamp")
    Item.objects.update(published=False)
    Item.objects.update(price=10)

    assert kept() == [100, 90, 80]


def test_it_is_the_lowest_of_the_days_before_the_reduction() -> None:
    item = priced(70, 100, 120, 90)
    assert lowest_before(item.pk, Decimal(90)) == 70

    # What was 31 days before it counts no more, though somebody asks later.
    PastPrice.objects.filter(price=70).update(until=F("until") - timedelta(days=31))
    PastPrice.objects.update(until=F("until") - timedelta(days=20))
    assert lowest_before(item.pk, Decimal(90)) == 100


def test_a_price_of_now_counts_when_the_next_is_typed() -> None:
    assert lowest_before(priced(100).pk, Decimal(80)) == 100
    assert lowest_before(priced(100).pk, Decimal(100)) is None


def announce(shop: Client, item: Item, price: str) -> str:
    fields = {"price": price, "announced": "on"}
    return str(change(shop, item, **fields).content.decode())


def test_it_stands_on_the_page_until_the_price_is_another(shop: Client, client: Client) -> None:
    item = priced(100)
    announce(shop, item, "80")

    words = "The lowest price of the 30 days before was €100.00."
    assert words in client.get(item.get_absolute_url()).content.decode()
    Item.objects.update(price=85)
    assert words not in client.get(item.get_absolute_url()).content.decode()


def test_what_is_none_is_not_announced(shop: Client) -> None:
    assert "It was never in the shop for another price" in announce(shop, priced(100), "100")
    item = priced(70, 100)
    assert "It cost €70.00 within the 30 days before" in announce(shop, item, "80")

    item.refresh_from_db()
    assert item.price == 100
    assert item.reduced_from is None
