"""How fast the shop is beside django-oscar with the same things: `python -m bench.peer PORT`.

Oscar is served on that port by whoever measures, on a PostgreSQL like ours and with as many
processes and threads; bench/README.md says how, and what is not alike. Both are asked in turns.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, count, cycle, product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import NamedTuple
from urllib.parse import quote_plus

import django

from bench.environment import a_server, prepare
from bench.figures import HEADING, Figure, side_by_side
from bench.load import CONNECTIONS, rate
from bench.things import KINDS, PLENTY, QUALITIES
from tests.visitor import Visitor

# Of each round of each side: the slower one shall not take all of the time.
SECONDS = 3
# As many searches as one of our processes takes at a time; it refuses more, if they wait.
SEARCHING = 2
NEWCOMERS, PRESSES = 16, 5
SEARCHES = ["carved+teapot", "oval+chair", "vase"]
WORDS = ["old", "repair", "foot", "private", "house", "bought", "country", "sale"]


class Shop(NamedTuple):
    """Where one of the two has what is compared; `item` is a pattern."""

    port: int
    listed: str
    search: str
    item: str
    add: str


OURS = "/store/", "/store/?q=", '/store/item/[^"/]+/', "/bag/add/{}/"
OSCAR = "/catalogue/", "/search/?q=", '/catalogue/(?!category/)[^"/]+/', "/basket/add/{}/"


def items_of(shop: Shop) -> list[str]:
    page = Visitor(shop.port).get(f"{shop.listed}?page=2").decode()
    found = list(dict.fromkeys(re.findall(f'href="({shop.item})"', page)))
    assert found, f"{shop.listed} shows nothing."
    return found


def people(shop: Shop, number: int = CONNECTIONS, *, with_bag: bool = False) -> list[Visitor]:
    """So many browsers that come anew; with a bag, each has put one thing into it."""
    found = [Visitor(shop.port) for _ in range(number)]
    for number, person in enumerate(found if with_bag else [], start=1):
        person.get("/accounts/login/")
        person.post(shop.add.format(number))
    return found


def fetching(
    shop: Shop, paths: list[str], number: int = CONNECTIONS, *, with_bag: bool = False
) -> Callable[[], float]:
    def measure() -> float:
        found = people(shop, number, with_bag=with_bag)
        return rate([partial(fetch_for_a_while, person, cycle(paths)) for person in found])

    return measure


def fetch_for_a_while(person: Visitor, paths: Iterator[str]) -> int:
    end, fetched = monotonic() + SECONDS, 0
    while monotonic() < end:
        person.get(next(paths))
        fetched += 1
    return fetched


def searching(shop: Shop) -> Callable[[], float]:
    """Searches per second for words that nobody has searched for yet."""
    words = product(combinations(WORDS, 2), QUALITIES, KINDS)
    paths = [
        shop.search + quote_plus(" ".join([*some, quality, kind])) for some, quality, kind in words
    ]
    shares = [iter(paths[start::SEARCHING]) for start in range(SEARCHING)]

    def measure() -> float:
        pairs = zip(people(shop, SEARCHING), shares, strict=True)
        return rate([partial(fetch_for_a_while, *each) for each in pairs])

    return measure


def adding(shop: Shop) -> Callable[[], float]:
    """Buttons pressed per second by newcomers, each of whom presses five different ones."""
    # Both number what they sell from 1; of the first ones there are many pieces.
    numbers = count(PLENTY + 1)

    def measure() -> float:
        found = people(shop, NEWCOMERS)
        for person in found:
            person.get("/accounts/login/")
        shares = (found[start::CONNECTIONS] * PRESSES for start in range(CONNECTIONS))
        return rate([partial(press_for_a_while, each, shop.add, numbers) for each in shares])

    return measure


def press_for_a_while(found: list[Visitor], add: str, numbers: Iterator[int]) -> int:
    end = monotonic() + SECONDS
    for pressed, person in enumerate(found):
        if monotonic() > end:
            return pressed
        person.post(add.format(next(numbers)))
    return len(found)


def figures(ours: Shop, theirs: Shop) -> Iterator[Figure]:
    sides = ours, theirs
    for bag in (False, True):
        having = "with a bag" if bag else "no bag"
        listed = (fetching(shop, [shop.listed], with_bag=bag) for shop in sides)
        yield compared(f"list page, {having}", *listed)
        items = (fetching(shop, items_of(shop), with_bag=bag) for shop in sides)
        yield compared(f"item page, {having}", *items)
    searches = [(shop, [shop.search + words for words in SEARCHES]) for shop in sides]
    yield compared("the same three searches", *(fetching(*each, SEARCHING) for each in searches))
    yield compared("a search for other words each time", *map(searching, sides))
    yield compared("adding to the bag", *map(adding, sides))


def compared(name: str, ours: Callable[[], float], theirs: Callable[[], float]) -> Figure:
    return side_by_side(f"{name}, to django-oscar", 1, ours, theirs)


def main(port: str) -> None:
    from bench.run import SMALL, shop_of

    oscar = Shop(int(port), *OSCAR)
    with TemporaryDirectory() as folder, shop_of(SMALL, a_server(), Path(folder)) as process:
        print(HEADING, flush=True)
        for figure in figures(Shop(process.port, *OURS), oscar):
            print(figure, flush=True)
    print("load of the machine:", *(f"{each:.1f}" for each in os.getloadavg()))


if __name__ == "__main__":
    prepare()
    django.setup()
    main(*sys.argv[1:])
