"""Whose VAT is in a price, by where a thing goes."""

from decimal import Decimal

import pytest

from store.models import Item, Order, ShopProfile
from store.taxes.lines import LineTax, place_to_tax, tax_of_item
from store.taxes.places import MEMBERS, Kind, Place, may_be_export, place_of
from store.taxes.rates import proposed_rates
from store.tests.factories import make_item
from store.tests.taxes import tax_by_destination

FRANCE = Place(Kind.MEMBER, "FR")


@pytest.mark.parametrize(
    ("country", "postcode", "place"),
    [
        ("DE", "20359", Place()),
        ("", "", Place()),
        ("FR", "75001", FRANCE),
        ("FR", "F-75001", FRANCE),
        ("MC", "98000", FRANCE),
        ("FR", "97400", Place(Kind.APART)),
        ("ES", "28001", Place(Kind.MEMBER, "ES")),
        ("ES", "35 001", Place(Kind.APART)),
        ("ES", "E-38001", Place(Kind.APART)),
        ("ES", "ES-38001", Place(Kind.APART)),
        ("FI", "22100", Place(Kind.APART)),
        ("PT", "9000-081", Place(Kind.APART)),
        ("IT", "23041", Place(Kind.APART)),
        ("AT", "6991", Place(Kind.APART)),
        ("GR", "853 00", Place(Kind.APART)),
        ("DE", "78266", Place(Kind.APART)),
        ("GB", "BT1 5GS", Place(Kind.APART)),
        ("GB", "EC1A 1BB", Place(Kind.OUTSIDE)),
        ("RE", "97400", Place(Kind.OUTSIDE)),
        ("AX", "22100", Place(Kind.OUTSIDE)),
        ("BR", "01310-100", Place(Kind.OUTSIDE)),
    ],
)
def test_where_something_goes(country: str, postcode: str, place: Place) -> None:
    assert place_of(country, postcode, "DE") == place


def test_the_table_names_the_states_of_the_union_without_ones_own() -> None:
    assert len(MEMBERS) == 27
    rates = proposed_rates("DE")
    assert {*rates} == MEMBERS - {"DE"}
    assert all(15 <= rate <= 30 for rate in rates.values())


@pytest.mark.parametrize(
    ("country", "postcode", "home", "may"),
    [
        ("BR", "", "DE", True),
        ("FR", "75001", "DE", False),
        ("FR", "97400", "DE", True),
        ("MC", "98000", "DE", False),
        ("DE", "20359", "DE", False),
        ("FR", "75001", "GB", True),
    ],
)
def test_nothing_is_exported_within_the_union(
    country: str, postcode: str, home: str, may: bool
) -> None:
    assert may_be_export(country, postcode, home) is may


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scheme", "country", "expected"),
    [
        ("standard", "FR", LineTax("standard", Decimal(20), "FR")),
        ("reduced", "IT", LineTax("reduced", Decimal(5), "IT")),
        # Without a reduced rate there the higher one counts.
        ("reduced", "FR", LineTax("reduced", Decimal(20), "FR")),
        ("margin", "FR", LineTax("margin", Decimal(19))),
        ("zero", "FR", LineTax("zero", Decimal(0))),
    ],
)
def test_only_what_shows_its_tax_has_that_of_another_country(
    scheme: str, country: str, expected: LineTax
) -> None:
    shop = tax_by_destination(FR="20", IT="22 5")
    item = Item(tax_scheme=scheme)

    assert tax_of_item(item, Place(Kind.MEMBER, country), shop) == expected


@pytest.mark.django_db
def test_an_export_takes_off_the_shops_own_wherever_it_goes() -> None:
    shop = tax_by_destination(FR="20")
    expected = LineTax("standard", Decimal(19), is_export=True)

    assert tax_of_item(Item(tax_scheme="standard"), FRANCE, shop, is_export=True) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, FRANCE),
        ({"delivery": Order.Delivery.COLLECT}, Place()),
        ({"for_business": True}, Place()),
        ({"bag_key": "till 1"}, Place()),
        # Nobody has confirmed its rate.
        ({"country_code": "IT", "postcode": "00100"}, Place(Kind.APART)),
    ],
)
def test_consumers_pay_it_of_what_is_sent(fields: dict[str, str], place: Place) -> None:
    shop = tax_by_destination(FR="20")
    paris = {"delivery": Order.Delivery.SHIP, "country_code": "FR", "postcode": "75001"}
    order = Order(**{**paris, **fields})

    assert place_to_tax(order, shop) == place
    shop.tax_by_destination = False
    assert place_to_tax(order, shop) == Place()


@pytest.mark.parametrize(
    ("scheme", "price", "currency", "asked"),
    [
        ("standard", "119", "EUR", "100"),
        ("standard", "0.03", "EUR", "0.03"),
        ("standard", "1190", "JPY", "1000"),
        ("standard", "1.235", "KWD", "1.038"),
        ("margin", "119", "EUR", "119"),
    ],
)
def test_an_export_takes_off_what_tax_is_in_the_price(
    scheme: str, price: str, currency: str, asked: str
) -> None:
    tax = LineTax(scheme, Decimal(19), is_export=True)

    assert tax.charged(Decimal(price), currency) == Decimal(asked)


@pytest.mark.django_db
def test_nothing_is_charged_by_destination_before_the_owner_says_so() -> None:
    assert not ShopProfile.get_solo().tax_by_destination
    assert tax_of_item(make_item(), FRANCE, ShopProfile.get_solo()).country == ""
