"""What sending costs, as the one function reckons it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.shipping.prices import Thing, Why, Zone, Zones, packed, sending_of

HOME = Zone("Germany", by_size={"small": Decimal(5), "parcel": Decimal(9), "freight": Decimal(90)})
EUROPE = Zone(
    "Europe",
    by_size={"small": Decimal("10.00"), "parcel": Decimal(20)},
    free_from=Decimal(500),
    on_request=True,
)
ALPS = Zone(
    "Alps", by_weight=True, up_to=((1000, Decimal(8)), (5000, Decimal(12)), (20000, Decimal(30)))
)
ZONES = Zones("DE", {"DE": HOME, "FR": EUROPE, "IT": EUROPE, "CH": ALPS})


def thing(key: int = 1, size: str = "small", **fields: Any) -> Thing:
    usual = {"quantity": 1, "price": Decimal(100), "own": None}
    return Thing(key=key, size=size, **{**usual, **fields})


def prices(country: str, *things: Thing, zones: Zones = ZONES) -> list[Decimal | Why]:
    found = sending_of(things, country, zones)
    answers: dict[int, Decimal | Why] = {**found.refused, **found.prices}
    return [answers[each.key] for each in things]


def test_without_zones_each_thing_has_its_own_price_to_anywhere() -> None:
    things = thing(1, own=Decimal("9.90"), quantity=2), thing(2)

    assert prices("BR", *things, zones=Zones("DE")) == [Decimal("19.80"), Why.COLLECTED]


def test_its_own_price_is_asked_at_home_only() -> None:
    clock = thing(own=Decimal("7.50"))

    assert prices("DE", clock) == [Decimal("7.50")]
    assert prices("FR", clock) == [Decimal(10)]


def test_its_own_price_counts_at_home_though_home_is_in_no_zone() -> None:
    zones = Zones("DE", {"FR": EUROPE})

    assert prices("DE", thing(1, own=Decimal(7)), thing(2), zones=zones) == [7, Why.NOT_THERE]


def test_small_things_share_one_parcel_and_others_do_not() -> None:
    things = [thing(1), thing(2, quantity=2), thing(3, "parcel", quantity=2, price=Decimal(1))]

    assert prices("FR", *things) == [Decimal("3.33"), Decimal("6.67"), 40]


def test_weights_add_up_in_parcels_that_can_be_sent() -> None:
    assert prices("CH", thing(1, grams=600), thing(2, grams=400)) == [
        Decimal("4.80"),
        Decimal("3.20"),
    ]
    assert packed([15000, 12000, 5000, 8000], 20000) == [20000, 20000]
    assert prices("CH", thing(1, grams=15000, quantity=2)) == [60]


@pytest.mark.parametrize(
    ("country", "what", "answer"),
    [
        ("FR", thing(size="freight"), Why.ON_REQUEST),
        ("CH", thing(grams=20001), Why.NOT_THERE),
        ("CH", thing(), Why.NOT_THERE),
        ("BR", thing(), Why.NOT_THERE),
        ("", thing(), Why.NOT_THERE),
        ("FR", thing(size=""), Why.COLLECTED),
        ("FR", thing(size="", own=Decimal(5)), Why.ON_REQUEST),
        ("FR", thing(may_go=False), Why.PAPERS),
        ("BR", thing(size="freight", quoted=Decimal(800)), Decimal(800)),
    ],
)
def test_what_has_no_price_says_why(country: str, what: Thing, answer: Why | Decimal) -> None:
    assert prices(country, what) == [answer]


def test_free_from_counts_goods_and_leaves_prices_of_a_thing_alone() -> None:
    dear = thing(1, price=Decimal("499.99"))

    assert prices("FR", dear) == [10]
    assert prices("FR", dear, thing(2, price=Decimal("0.01"))) == [0, 0]
    assert prices("FR", dear, thing(2, quoted=Decimal(800))) == [0, 800]


@given(
    grams=st.lists(st.integers(1, 20000), min_size=1, max_size=12),
    unit=st.sampled_from([Decimal(1), Decimal("0.01"), Decimal("0.001")]),
    country=st.sampled_from(["FR", "CH"]),
)
def test_the_parts_add_up_to_the_unit(grams: list[int], unit: Decimal, country: str) -> None:
    things = [thing(key, grams=each, price=Decimal(1)) for key, each in enumerate(grams)]
    found = sending_of(things, country, ZONES, unit=unit)
    parcels = [ALPS.price_up_to(parcel) or 0 for parcel in packed(grams, 20000)]

    assert found.total == (sum(parcels) if country == "CH" else 10)
    assert all(part >= 0 and part % unit == 0 for part in found.prices.values())
