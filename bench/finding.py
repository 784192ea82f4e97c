"""What searches find in a shop filled from IMPORT_FILE, and how long they take: `bench.searching`
runs this for each database, in a process of its own.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import django

TITLES = 1000
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NOUNS = Path("store/tests/fixtures/nouns.txt")
FIRST = 5


def figure(name: str) -> str:
    from store.models import Item

    titles = sorted(set(Item.objects.listed().values_list("title", flat=True)))
    return FIGURES[name](titles, random.Random(18))


def of_errors(titles: list[str], dice: random.Random) -> str:
    from store.models import SearchWord
    from store.search.words import words_of

    shop = set(SearchWord.objects.values_list("word", flat=True))
    found = asked = left_out = 0
    while asked < TITLES:
        title = dice.choice(titles)
        query = with_error(title, dice)
        if words_of(query) == words_of(title):
            continue
        if set(words_of(query)) - set(words_of(title)) <= shop:
            left_out += 1
            continue
        asked += 1
        found += title in shown(query)[:FIRST]
    return (
        f"titles with an error found in the first five: {found / asked:.1%} of {asked} (≥ 95 %), "
        f"{left_out} that make another word of the shop left out"
    )


def with_error(title: str, dice: random.Random) -> str:
    """A letter less, another, one more, or two the wrong way round."""
    at = dice.choice([place for place, letter in enumerate(title) if letter.isalpha()])
    before, letter, after = title[:at], title[at], title[at + 1 :]
    turned = before + after[:1] + letter + after[1:]
    others = ["", dice.choice(LETTERS), dice.choice(LETTERS) + letter]
    return dice.choice([turned, *(before + other + after for other in others)])


def shown(query: str) -> list[str]:
    """The titles of the first page, as the view of the list has them."""
    from store.catalogue_filter import Choices
    from store.paging import page_of

    choices = Choices(q=query)
    tiles = page_of(choices, 1).tiles
    if not tiles and (meant := choices.meant()):
        tiles = page_of(choices._replace(q=meant), 1).tiles
    return [tile.title for tile in tiles]


def of_exact(titles: list[str], dice: random.Random) -> str:
    """What has all words as they were typed in its title stands before what has not."""
    from store.search.words import words_of

    kept = asked = 0
    for title in dice.sample(titles, TITLES):
        words = words_of(title)
        if not words:
            continue
        asked += 1
        are_exact = [set(words) <= set(words_of(each)) for each in shown(title)]
        kept += bool(are_exact) and are_exact == sorted(are_exact, reverse=True)
    return f"exact titles never pushed down: {kept / asked:.1%} of {asked} (100 %)"


def of_nouns(*_titles: object) -> str:
    from store.search.asking import in_any_form, words_asked
    from store.search.indexing import index_text

    lines = NOUNS.read_text(encoding="utf-8").splitlines()
    pairs = [pair.split() for line in lines if line[0] != "#" for pair in line.split("|")]

    def finds(query: str, title: str) -> bool:
        tokens = index_text([title, *[""] * 5], [], "").split()
        return in_any_form(words_asked(query)).fits(tokens)

    agree = sum(finds(one, several) and finds(several, one) for one, several in pairs)
    return f"singular and plural find each other: {agree / len(pairs):.1%} of {len(pairs)} (≥ 98 %)"


def of_time(titles: list[str], dice: random.Random) -> str:
    queries = [dice.choice(titles) for _ in range(TITLES // 5)]
    one_word = [query.split()[0] for query in queries]
    spent = [times(shown, query) for query in [*queries, *one_word]]
    walls, processors = zip(*spent, strict=True)
    return (
        f"a search: p50 {1000 * median(walls):.0f} ms, p95 {1000 * p95(walls):.0f} ms; of this "
        f"process alone {1000 * median(processors):.0f} and {1000 * p95(processors):.0f} ms"
    )


def times(work: Callable[[str], Any], query: str) -> tuple[float, float]:
    """Of the clock, and of the processor's for this process."""
    clock, processor = perf_counter(), process_time()
    work(query)
    return perf_counter() - clock, process_time() - processor


def p95(values: Any) -> float:
    return float(quantiles(values, n=20)[-1])


FIGURES: dict[str, Callable[..., str]] = {
    "errors": of_errors,
    "exact": of_exact,
    "nouns": of_nouns,
    "time": of_time,
}


if __name__ == "__main__":
    django.setup()
    print(figure(sys.argv[1]))
