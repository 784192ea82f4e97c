"""What it costs to send some things to a country: nothing here asks the database or a setting.

Amounts are in one currency, whose unit is `unit`. A line of an order keeps its part of the price
of a parcel: it is what goes back with it, so that no more goes back than was paid, whatever goes
back first.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

SMALL = "small"
NOTHING = Decimal(0)


class Why(StrEnum):
    """Why a thing is not sent for a price."""

    COLLECTED = "collected"
    PAPERS = "papers"
    ON_REQUEST = "on_request"
    NOT_THERE = "not_there"


class Thing(NamedTuple):
    """So many pieces of one thing. `own` is its own price at home, `quoted` what staff have said
    that all of it costs to this country; of what `may_go` is false, papers keep it here.
    """

    key: int
    quantity: int
    price: Decimal
    own: Decimal | None
    size: str = ""
    grams: int | None = None
    quoted: Decimal | None = None
    may_go: bool = True


class Zone(NamedTuple):
    """Prices by size; or by weight, up to so many grams, the lightest first."""

    name: str
    by_weight: bool = False
    by_size: Mapping[str, Decimal] = {}
    up_to: Sequence[tuple[int, Decimal]] = ()
    free_from: Decimal | None = None
    on_request: bool = False

    def price_of(self, thing: Thing) -> Decimal | None:
        """Of one piece by itself; None where there is no price for it."""
        if self.by_weight:
            return self.price_up_to(thing.grams) if thing.grams else None
        return self.by_size.get(thing.size)

    def price_up_to(self, grams: int) -> Decimal | None:
        return next((price for most, price in self.up_to if grams <= most), None)

    @property
    def heaviest(self) -> int:
        return self.up_to[-1][0] if self.up_to else 0


class Zones(NamedTuple):
    """Zones by the codes of their countries; a shop without any has one price for all countries."""

    home: str = ""
    of_country: Mapping[str, Zone] = {}

    def is_home(self, country: str) -> bool:
        """The shop's own country, and what is in the same zone."""
        zone = self.of_country.get(country)
        own = self.of_country.get(self.home)
        return country == self.home or (zone is not None and zone is own)


class Sending(NamedTuple):
    """Prices of all pieces of each thing that can be sent, and why the others cannot; by key."""

    prices: Mapping[int, Decimal] = {}
    refused: Mapping[int, Why] = {}

    @property
    def total(self) -> Decimal:
        return sum(self.prices.values(), NOTHING)


def sending_of(
    things: Sequence[Thing], country: str, zones: Zones, *, unit: Decimal = Decimal("0.01")
) -> Sending:
    """The prices of sending things together; `country` is a code, "" for one nobody knows."""
    zone, is_home = zones.of_country.get(country), zones.is_home(country)
    prices: dict[int, Decimal] = {}
    refused: dict[int, Why] = {}
    by_table = []
    for thing in things:
        if not thing.may_go:
            refused[thing.key] = Why.PAPERS
        elif thing.quoted is not None:
            prices[thing.key] = thing.quoted
        elif not zones.of_country or (is_home and thing.own is not None):
            if thing.own is None:
                refused[thing.key] = Why.COLLECTED
            else:
                prices[thing.key] = thing.own * thing.quantity
        elif thing.own is None and not thing.size:
            refused[thing.key] = Why.COLLECTED
        elif zone is None:
            refused[thing.key] = Why.NOT_THERE
        elif zone.price_of(thing) is None:
            refused[thing.key] = Why.ON_REQUEST if zone.on_request else Why.NOT_THERE
        else:
            by_table.append(thing)
    if zone:
        goods = sum((thing.price * thing.quantity for thing in things), NOTHING)
        is_free = zone.free_from is not None and goods >= zone.free_from
        reckon = by_weight if zone.by_weight else by_size
        found = reckon(by_table, zone, unit)
        prices |= dict.fromkeys(found, NOTHING) if is_free else found
    in_order = [thing.key for thing in things if thing.key in prices]
    return Sending({key: prices[key] for key in in_order}, refused)


def by_size(things: Sequence[Thing], zone: Zone, unit: Decimal) -> dict[int, Decimal]:
    """Small things of one order go in one parcel, at the price of one; each other has its own."""
    small = [thing for thing in things if thing.size == SMALL]
    parts = shares(zone.by_size.get(SMALL, NOTHING), [thing.quantity for thing in small], unit)
    alone = {
        thing.key: zone.by_size[thing.size] * thing.quantity
        for thing in things
        if thing.size != SMALL
    }
    return alone | {thing.key: part for thing, part in zip(small, parts, strict=True)}


def by_weight(things: Sequence[Thing], zone: Zone, unit: Decimal) -> dict[int, Decimal]:
    """Weights add up, in as few parcels as the heaviest of the prices allows."""
    pieces = [thing.grams or 0 for thing in things for _ in range(thing.quantity)]
    total = sum(
        (zone.price_up_to(parcel) or NOTHING for parcel in packed(pieces, zone.heaviest)), NOTHING
    )
    parts = shares(total, [(thing.grams or 0) * thing.quantity for thing in things], unit)
    return {thing.key: part for thing, part in zip(things, parts, strict=True)}


def packed(pieces: Sequence[int], heaviest: int) -> list[int]:
    """Weights of the parcels: each piece into the first with room, the heaviest piece first."""
    parcels: list[int] = []
    for grams in sorted(pieces, reverse=True):
        place = next((n for n, load in enumerate(parcels) if load + grams <= heaviest), None)
        if place is None:
            parcels.append(grams)
        else:
            parcels[place] += grams
    return parcels


def shares(total: Decimal, weights: Sequence[int], unit: Decimal) -> list[Decimal]:
    """An amount in parts in proportion to weights: they add up to it, to the unit."""
    parts, before, load, all_of_it = [], NOTHING, 0, sum(weights)
    for weight in weights:
        load += weight
        until = (total * load / all_of_it).quantize(unit, ROUND_HALF_UP)
        parts.append(until - before)
        before = until
    return parts
