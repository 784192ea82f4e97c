"""Every list of the admin with 20,000 orders and as many tickets, beside a shop with 200 of each.

The lists are those that are registered; of each its first and last page, what each of its filters
and sortings leads to, searches, and its first row's own page. All are asked for once; those that
take longer than half of the goal again and again, in turns with the same page of the small shop.
"""

import re
import sys
from collections.abc import Iterator
from html import unescape
from statistics import median
from typing import NamedTuple
from urllib.parse import quote_plus

import django

from bench.books import BOOK, timed
from bench.desk import PAGES as DESK_PAGES
from bench.environment import prepare
from bench.large import large_shop
from bench.tickets import worker
from tests.processes import Process
from tests.visitor import Visitor

MANY, FEW = 20_000, 200
ROUNDS = 5
# Milliseconds, or so many times as long as the same page of the small shop.
GOAL, TIMES_AS_LONG = 200, 1.3
# What nothing is called, and what all things are.
TERMS = ["zzqx", "thing"]
BOOKS = {"stock book": BOOK, "stock book of a month": f"{BOOK}&start=2026-03-01&end=2026-03-31"}
# A link of a column's heading, of the filters beside the list, of its pages, and of a row.
FILTERS = re.compile(r'<li[^>]*>\s*<a href="(\?[^"]*)"')
SORTING = re.compile(r'class="text"><a href="(\?o=[^"]+)"')
LAST_PAGE = re.compile(r'href="\?p=(\d+)"')
ROW = re.compile(r'<th class="field[^>]*><a href="([^"?]+)[^>]*>(.*?)</a>', re.DOTALL)
WORD = re.compile(r"[\w-]{3,}")


class Page(NamedTuple):
    """Named alike in both shops, though a row of one is not in the other."""

    name: str
    address: str


def lists() -> Iterator[tuple[str, str]]:
    """Name and address of each list that is registered."""
    from django.contrib import admin
    from django.urls import reverse

    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield model._meta.label_lower, reverse(f"admin:{name}_changelist")


def pages(person: Visitor) -> Iterator[Page]:
    for name, address in lists():
        yield Page(name, address)
        text = person.get(address).decode()
        for link in dict.fromkeys([*filters(text), *SORTING.findall(text)]):
            yield Page(f"{name}{link}", address + unescape(link))
        if numbers := LAST_PAGE.findall(text):
            yield Page(f"{name}, last page", f"{address}?p={max(numbers, key=int)}")
        row = ROW.search(text)
        if row:
            yield Page(f"{name}, a row", row[1])
        if 'name="q"' in text:
            for number, term in enumerate([*TERMS, *words(row[2] if row else "")]):
                yield Page(f"{name}, search {number}", f"{address}?q={quote_plus(term)}")
    yield from (Page(*page) for page in (BOOKS | DESK_PAGES).items())


def filters(text: str) -> list[str]:
    _, _, beside = text.partition('id="changelist-filter"')
    return FILTERS.findall(beside)


def words(cell: str) -> list[str]:
    """The first word that stands in a row, which finds it."""
    return WORD.findall(re.sub(r"<[^>]+>|&\w+;", " ", cell))[:1]


def slow_ones(many: Process, few: Process) -> Iterator[str]:
    """A line for each page that may miss its goal, the slowest last; then how many do."""
    large, small = worker(many), worker(few)
    same = dict(pages(small))
    found = list(pages(large))
    once = {page: min(timed(large, page.address) for _ in range(2)) for page in found}
    slow = [page for page in found if once[page] > GOAL / 2]
    missed = 0
    for page in sorted(slow, key=lambda page: once[page]):
        rounds = [
            (timed(large, page.address), timed(small, same.get(page.name, page.address)))
            for _ in range(ROUNDS)
        ]
        ours, theirs = zip(*rounds, strict=True)
        ratio = median(ours) / median(theirs)
        is_missed = median(ours) > GOAL and ratio > TIMES_AS_LONG
        missed += is_missed
        yield (
            f"{page.name:70} {median(ours):6.0f} ms, {min(ours):.0f}–{max(ours):.0f}; "
            f"{ratio:.2f} of {median(theirs):.0f} ms{', MISSED' if is_missed else ''}"
        )
    yield (
        f"{len(found)} pages of the admin, {len(found) - len(slow)} within {GOAL / 2:.0f} ms: "
        f"{missed} take longer than {GOAL} ms and {TIMES_AS_LONG} of the same with {FEW}"
    )


def main() -> None:
    if sys.argv[1:2] == ["fill"]:
        from bench.busy import fill

        django.setup()
        fill(int(sys.argv[2]))
        return
    prepare()
    django.setup()
    with (
        large_shop("bench.admin", {"TIMER": "off"}, str(MANY)) as many,
        large_shop("bench.admin", {"TIMER": "off"}, str(FEW), items=2) as few,
    ):
        for text in slow_ones(many, few):
            print(text, flush=True)


if __name__ == "__main__":
    main()
