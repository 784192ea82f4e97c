"""Rows that code and papers cite are in docs/promises.md, which says of each how it is shown."""

import re
from pathlib import Path

from tests.papers import ROOT, tracked
from tests.torture.rows import ROWS

PROMISES = ROOT / "docs/promises.md"
ROW = re.compile(r"^\| (\d+) \| (.+) \|$", re.MULTILINE)
CITED = re.compile(r"\brows? ?(\d+)(?:(?: to |, | and )(\d+))*", re.IGNORECASE)


def cells() -> dict[int, list[str]]:
    """The cells of each row after its number."""
    found = ROW.findall(PROMISES.read_text("utf-8"))
    return {int(number): [cell.strip() for cell in rest.split(" | ")] for number, rest in found}


def test_rows_are_numbered_from_one_without_gaps() -> None:
    assert [*cells()] == [*range(1, len(cells()) + 1)]


def test_every_row_says_what_shows_it() -> None:
    silent = [number for number, row in cells().items() if not row[-1]]

    assert silent == []


def test_rounds_are_those_that_are_played() -> None:
    played = {
        int(row.name.removeprefix("row")): f"{row.small:,} · {row.torture:,} · {row.night:,}"
        for row in ROWS
    }
    told = {number: row[-2] for number, row in cells().items() if "·" in row[-2]}

    assert told == played


def test_every_row_that_is_cited_is_there() -> None:
    # Row 0 is no promise: tests of the report make it up.
    known = {str(number) for number in [0, *cells()]}
    missing = {
        f"{name}: row {number}"
        for name in tracked()
        if Path(name).suffix in {".py", ".md"}
        for found in CITED.finditer((ROOT / name).read_text("utf-8"))
        for number in re.findall(r"\d+", found[0])
        if number not in known
    }

    assert missing == set()
