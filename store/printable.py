"""What the fonts that are there can print; anything else is left out, with a mark in its place."""

import logging
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

import typst

logger = logging.getLogger(__name__)

MARK = "[…]"
# How many different sets of letters a process remembers.
SETS_KEPT = 200
# Each takes milliseconds. They find about half as many letters that no font has.
MOST_PROBES = 300
LETTERS_IN_LOG = 10
# All of them are in the fonts that typst brings along.
LAST_LATIN = "\u017e"
# PDF/UA allows no letter that no font has, and typst says so.
PROBE = b'#set document(title: "letters")\n#sys.inputs.text'
MISSING = "could not be displayed"
# Joiners, marks of direction and what chooses between looks of a letter, alone on paper.
UNSEEN = {"Cf", "Mn", "Me"}


def printable(data: Any, fonts: typst.Fonts) -> Any:
    """The same data, as JSON has it, with a mark for each run of letters that no font has."""
    missing = missing_in("".join(sorted(letters_of(data))), fonts)
    if not missing:
        return data
    shown, count = missing[:LETTERS_IN_LOG], len(missing)
    logger.warning("If a letter is missing, lay its font into fonts/: %s (%d)", shown, count)
    return marked(data, frozenset(missing))


def letters_of(data: Any) -> set[str]:
    match data:
        case str():
            return {char for char in data if char > LAST_LATIN}
        case dict():
            return letters_of([*data.values()])
        case list() | tuple():
            return set().union(*map(letters_of, data))
    return set()


def marked(data: Any, missing: frozenset[str]) -> Any:
    match data:
        case str():
            return marked_text(data, missing)
        case dict():
            return {key: marked(value, missing) for key, value in data.items()}
        case list() | tuple():
            return [marked(value, missing) for value in data]
    return data


def marked_text(text: str, missing: frozenset[str]) -> str:
    if missing.isdisjoint(text):
        return text
    parts = groupby(text, lambda char: is_lost(char, missing))
    return "".join(lost_run(run) if lost else "".join(run) for lost, run in parts)


def is_lost(char: str, missing: frozenset[str]) -> bool:
    """Whether it is left out; what belongs to a letter without being one goes with it."""
    return char in missing or (char > LAST_LATIN and unicodedata.category(char) in UNSEEN)


def lost_run(run: Iterable[str]) -> str:
    """A mark, but nothing where nobody would have seen anything."""
    letters = [char for char in run if unicodedata.category(char) not in UNSEEN]
    return MARK if letters else ""


@lru_cache(maxsize=SETS_KEPT)
def missing_in(letters: str, fonts: typst.Fonts) -> str:
    """Those of the letters, which are sorted, that no font has.

    Parts with such a letter are halved, the first ones first. Somebody may write thousands:
    what is not found out with MOST_PROBES counts as missing.
    """
    missing: list[str] = []
    waiting, probes = [letters], 0
    while waiting:
        part = waiting.pop()
        probes += 1
        if probes > MOST_PROBES:
            missing.append(part)
        elif not has_all(part, fonts):
            half = len(part) // 2
            if half:
                waiting += [part[half:], part[:half]]
            else:
                missing.append(part)
    return "".join(missing)


def has_all(letters: str, fonts: typst.Fonts) -> bool:
    if not letters:
        return True
    try:
        typst.Compiler(font_paths=fonts).compile(
            PROBE, format="pdf", sys_inputs={"text": letters}, pdf_standards=["ua-1"]
        )
    except typst.TypstError as refusal:
        return MISSING not in refusal.message
    return True
