"""What searches find on both databases, and how long they take in a shop of 100,000 things.

`IMPORT_FILE=file.csv python -m bench.searching`; without a file, with made-up things.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.functions import Concat, Left, Length, Replace, StrIndex

from bench.environment import prepare
from bench.finding import FIGURES, p95, shown, times, with_error
from bench.things import rows, write_csv
from tests.environment import TEST_ENVIRONMENT, database_url, start_postgresql
from tests.processes import run

SMALL, LARGE, ROUNDS = 5_511, 100_000, 200
CHUNK = 5_000
THIS = "bench.searching"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(os.environ.get("IMPORT_FILE", f"{folder}/import.csv"))
        if not file.exists():
            write_csv(file, SMALL)
        server = start_postgresql()
        for name in ("finding", "large"):
            server.psql(f"CREATE DATABASE {name}")
        databases = {
            "SQLite": f"sqlite:///{folder}/finding.sqlite3",
            "PostgreSQL": database_url(server, "finding"),
        }
        for name, url in databases.items():
            done(url, "manage.py", "migrate", "-v0")
            done(url, "manage.py", "import_items", str(file))
            for figure in FIGURES:
                print(name, done(url, "-m", "bench.finding", figure), flush=True)
        large = database_url(server, "large")
        done(large, "manage.py", "migrate", "-v0")
        done(large, "-m", THIS, "fill")
        server.psql("\\c large\nVACUUM ANALYZE")
        print(done(large, "-m", THIS, "compare"), flush=True)


def done(url: str, *command: str) -> str:
    environment = {
        **TEST_ENVIRONMENT,
        "DEBUG": "False",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "repairshop.settings",
    }
    process = run("python", *command, **environment)
    if process.returncode:
        sys.exit(process.stdout + process.stderr)
    return process.stdout.strip()


def fill() -> None:
    """The shop of `bench.things`, written in large steps."""
    from store.models import Category, Item, Piece
    from store.search.vocabulary import note_words
    from store.services import search_text

    categories: dict[str, Category] = {}
    made = enumerate(rows(LARGE))
    while chunk := list(islice(made, CHUNK)):
        items = []
        for at, (number, title, category, maker, period, materials, condition, *more) in chunk:
            name = str(category)
            if name not in categories:
                categories[name] = Category.objects.create(name=name, slug=name.lower())
            told: dict[str, Any] = {
                "title": title,
                "maker": maker,
                "period": period,
                "materials": materials,
                "condition": condition,
                "description": more[3],
                "price": Decimal(str(more[4])),
            }
            item = Item(category=categories[name], slug=f"thing-{at}", **told)
            item.search_text = search_text(item, [str(number)])
            items.append(item)
        Item.objects.bulk_create(items)
        Piece.objects.bulk_create(
            Piece(item=item, stock_number=str(row[0]))
            for item, (_at, row) in zip(items, chunk, strict=True)
        )
        note_words(item.search_text for item in items)


def compare() -> Iterator[str]:
    """Both in turns, over the same queries: titles, and words that few or many things have."""
    dice = random.Random(18)
    titles = [str(row[1]) for row in islice(rows(LARGE), 0, LARGE, LARGE // ROUNDS)]
    makers = [str(row[3]) for row in islice(rows(LARGE), 0, LARGE, LARGE // ROUNDS)]
    queries = [*titles, *makers, *(title.split()[-1] for title in titles)]
    both = [(times(shown, query)[0], times(as_before, query)[0]) for query in queries]
    now, before = zip(*both, strict=True)
    yield (
        f"{LARGE:,} things, p95: {1000 * p95(now):.0f} ms, of the exact search before "
        f"{1000 * p95(before):.0f} ms: {p95(now) / p95(before):.2f} (≤ 1.5); p50 "
        f"{1000 * median(now):.0f} and {1000 * median(before):.0f} ms"
    )
    wrong = [times(shown, with_error(title, dice))[0] for title in titles]
    yield f"the same with an error: p50 {1000 * median(wrong):.0f}, p95 {1000 * p95(wrong):.0f} ms"


def as_before(query: str) -> Any:
    """The first page as it was searched until November 2026: by words as they were typed."""
    from store.catalogue_filter import MATCHES_RANKED
    from store.models import Piece
    from store.paging import ITEMS_PER_PAGE
    from store.search import having
    from store.search.asking import exact, words_asked
    from store.tiles import LISTED, tiles_of

    words = words_asked(query)
    available_first = Exists(Piece.objects.available().filter(item=OuterRef("pk"))).desc()
    newest = having(LISTED, exact(words), is_wide=False).order_by("-pk").values("pk")
    padded = Concat(Value(" "), "search_text", Value(" "), output_field=TextField())
    ranked = LISTED.filter(pk__in=newest[:MATCHES_RANKED]).alias(padded=padded)
    before = (Left("padded", StrIndex("padded", Value(f" {word} "))) for word in words)
    ranks = [Length(each) - Length(Replace(each, Value("|"), Value(""))) for each in before]
    found = ranked.alias(relevance=sum(ranks[1:], ranks[0]))
    return tiles_of(found.order_by("relevance", available_first, "-pk")[: ITEMS_PER_PAGE + 1])


if __name__ == "__main__":
    if sys.argv[1:]:
        django.setup()
        if sys.argv[1] == "fill":
            fill()
        else:
            print("\n".join(compare()))
    else:
        prepare()
        main()
