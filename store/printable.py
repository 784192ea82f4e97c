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
RUNS_KEPT = 10_000
# All of them are in the fonts that typst brings along.
LAST_LATIN = "\u017e"
# PDF/UA allows no letter that no font has, and typst says so.
PROBE = b'#set document(title: "letters")\n#sys.inputs.text'
MISSING = "could not be displayed"
# Joiners, marks of direction and what chooses between looks of a letter, alone on paper.
UNSEEN = {"Cf", "Mn", "Me"}


def printable(data: Any, fonts: typst.Fonts) -> Any:
    """The same data, as JSON has it, with a mark for each run of letters that no font has."""
    match data:
        case str():
            return printable_text(data, fonts)
        case dict():
            return {key: printable(value, fonts) for key, value in data.items()}
        case list() | tuple():
            return [printable(value, fonts) for value in data]
    return data


def printable_text(text: str, fonts: typst.Fonts) -> str:
    missing = missing_in(frozenset(char for char in text if char > LAST_LATIN), fonts)
    if not missing:
        return text
    logger.warning("If a letter is missing, lay its font into fonts/: %s", "".join(sorted(missing)))
    parts = groupby(text, lambda char: is_lost(char, missing))
    return "".join(lost_run(run) if lost else "".join(run) for lost, run in parts)


def is_lost(char: str, missing: frozenset[str]) -> bool:
    """Whether it is left out; what belongs to a letter without being one goes with it."""
    return char in missing or (char > LAST_LATIN and unicodedata.category(char) in UNSEEN)


def lost_run(run: Iterable[str]) -> str:
    """A mark, but nothing where nobody would have seen anything."""
    letters = [char for char in run if unicodedata.category(char) not in UNSEEN]
    return MARK if letters else ""


@lru_cache(maxsize=RUNS_KEPT)
def missing_in(letters: frozenset[str], fonts: typst.Fonts) -> frozenset[str]:
    if not letters or has_all("".join(sorted(letters)), fonts):
        return frozenset()
    return frozenset(letter for letter in letters if not has_all(letter, fonts))


@lru_cache(maxsize=RUNS_KEPT)
def has_all(letters: str, fonts: typst.Fonts) -> bool:
    try:
        typst.Compiler(font_paths=fonts).compile(
            PROBE, format="pdf", sys_inputs={"text": letters}, pdf_standards=["ua-1"]
        )
    except typst.TypstError as refusal:
        return MISSING not in refusal.message
    return True
