"""The lines of docs/asvs.md are whole, name files that exist, and are counted right at its head."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.test import Client

from tests.papers import ROOT, tracked

PAPER = ROOT / "docs/asvs.md"
HEADING = re.compile(r"## (\d+)\. ")
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| ([12]) \| [^|]+ \| ([^|]+) \|")
COUNTED = re.compile(r"^\| ([12]) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
STATES = ("met by ", "not applicable: ", "open: ")
# As many as the standard has of each level.
REQUIREMENTS = {"1": 70, "2": 183}


class Line(NamedTuple):
    """A requirement, and under which chapter it stands."""

    chapter: str
    number: str
    level: str
    state: str


def lines_of(text: str) -> Iterator[Line]:
    """Each line of the tables; one that cannot be read has no state."""
    chapter = ""
    for line in text.splitlines():
        if found := HEADING.match(line):
            chapter = found[1]
        elif found := ROW.fullmatch(line):
            yield Line(chapter, *found.groups())
        elif re.match(r"\| *\d+\.", line):
            yield Line(chapter, line, "", "")


def problem_of(line: Line) -> str:
    """What is wrong with a line in itself; empty when nothing is."""
    if not line.state.startswith(STATES):
        return f"{line.number}: no state"
    if line.number.split(".")[0] != line.chapter:
        return f"{line.number}: in another chapter"
    if line.state.startswith("open: ") and not re.search(r"issue \d+", line.state):
        return f"{line.number}: no issue"
    named = re.findall(r"`([^`]+)`", line.state)
    if line.state.startswith("met by ") and (missing := [*{*named} - tracked()] or not named):
        return f"{line.number}: no file {missing}"
    return ""


def problems(text: str) -> list[str]:
    lines = [*lines_of(text)]
    numbers = Counter(line.number for line in lines)
    twice = [f"{number}: twice" for number, count in numbers.items() if count > 1]
    return [*filter(None, map(problem_of, lines)), *twice, *miscounted(text, lines)]


def miscounted(text: str, lines: list[Line]) -> Iterator[str]:
    """Levels of which there are more or fewer lines than the standard has, or the head says."""
    told = {level: [int(number) for number in rest] for level, *rest in COUNTED.findall(text)}
    for level, all_of_them in REQUIREMENTS.items():
        states = [line.state for line in lines if line.level == level]
        counted = [sum(state.startswith(start) for state in states) for start in STATES]
        if told.get(level) != [*counted, len(states)] or len(states) != all_of_them:
            yield f"level {level}: {counted}, {len(states)} in all"


def test_every_line_is_whole_and_counted() -> None:
    assert problems(PAPER.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("typed/tests/test_requests.py", "typed/tests/test_gone.py", "1.1.1: no file"),
        ("met by `typed/tests/test_requests.py`", "done by `pyproject.toml`", "1.1.1: no state"),
        ("| 1.1.2 | 2 |", "| 1.1.1 | 2 |", "1.1.1: twice"),
        ("| 2.1.1 | 1 |", "| 2.1.1 | 2 |", "level 1"),
        ("| 2.1.1 | 1 |", "| 3.1.1 | 1 |", "3.1.1: in another chapter"),
        ("not applicable: there is no XPath", "open: some day", "1.2.7: no issue"),
        ("not applicable: there is no LDAP", "open: issue 14", "level 2"),
        ("| 1 | ", "| 1 | 1", "level 1"),
    ],
)
def test_control_a_fault_is_found(right: str, wrong: str, problem: str) -> None:
    text = PAPER.read_text("utf-8").replace(right, wrong, 1)

    assert [found for found in problems(text) if found.startswith(problem)] != []


@pytest.mark.parametrize("path", ["/", "/store/", "/healthz", "/accounts/login/", "/admin/"])
def test_trace_tells_nothing(client: Client, db: None, path: str) -> None:
    answer = client.generic("TRACE", path, headers={"X-Sent": "what-a-proxy-adds"})

    assert b"what-a-proxy-adds" not in answer.content
    assert answer.headers["Content-Type"] != "message/http"
