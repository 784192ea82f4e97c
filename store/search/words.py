"""Words, and what each of them is found by: its forms in several languages, and its parts.

All of it is worked out here, when a thing is written and when a query is read, so that both
databases only compare plain words and neither needs an extension or a dictionary.
"""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from threading import Lock
from typing import Any

import snowballstemmer

from typed.text import plain_line

# A longer run of letters counts as several words: PostgreSQL takes none above 2 kB. Each picture
# sign is a word of its own.
PICTURES = "\u2600-\u27bf\U0001f000-\U0001fbff"
WORD = re.compile(rf"[^\W_]{{1,100}}|[{PICTURES}]")
# Words without a space between them, such as those of `T-shirt`, `clockmaker’s` and `AB/12-7`.
RUN = re.compile(r"\S+")
# Letters that Unicode does not decompose.
PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)
# Written without spaces: Thai to Burmese, Hangul taken apart, Khmer, kana, Chinese characters.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003134f]"
)
# How things may be titled, whatever language the shop's pages speak.
LANGUAGES = ("english", "german", "french", "dutch", "italian", "spanish")
UMLAUT = re.compile(r"([aou])e")
PLURALS = {
    "feet": "foot",
    "teeth": "tooth",
    "geese": "goose",
    "mice": "mouse",
    "oxen": "ox",
    "children": "child",
    "dice": "die",
}
SHORTEST_STEM = 2
# A part begins behind at least so many letters, and has at least so many itself.
SHORTEST_PART = 3
# As much of a part is kept: what is asked for beyond it is not compared.
LONGEST_PART = 12
# It is no letter, so that no word looks like a part.
PART = "-"


def folded(text: str) -> str:
    # Twice, because folding makes new decomposable letters and some letters fold
    # only when decomposed.
    plain = unicodedata.normalize("NFKD", plain_line(text)).casefold()
    decomposed = unicodedata.normalize("NFKD", plain.translate(PLAIN_LETTERS))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """Split into folded words: `Crèche, 2nd` becomes `["creche", "2nd"]`."""
    return WORD.findall(folded(text))


def joined_runs(text: str) -> list[str]:
    """What is written with signs between, as if it were without: `T-shirt` as `tshirt`."""
    runs = (WORD.findall(run) for run in RUN.findall(folded(text)))
    return ["".join(words)[:100] for words in runs if len(words) > 1]


def joined_pairs(words: list[str]) -> list[str]:
    """Words that stand beside each other, as one: others write `teapot` for `tea pot`."""
    return ["".join(pair)[:100] for pair in pairwise(words)]


@cache
def stemmers() -> list[Any]:
    return [snowballstemmer.stemmer(language) for language in LANGUAGES]


# A stemmer keeps the word that it is at in itself, so that two threads would spoil each other's.
stemming = Lock()


@lru_cache(maxsize=20_000)
def forms_of(word: str) -> tuple[str, ...]:
    """What all forms of a word have in common, in any of the languages, without itself.

    Two words are forms of one another if one of them, or a form of it, is among those of the
    other. German umlauts may be written with an e.
    """
    found = dict.fromkeys([word, UMLAUT.sub(r"\1", word)])
    if word.isalpha() and word.isascii():
        for base in [*found, *singulars(word)]:
            found[base] = None
            with stemming:
                found.update((stemmer.stemWord(base), None) for stemmer in stemmers())
    return tuple(form for form in found if form != word and len(form) >= SHORTEST_STEM)


def singulars(word: str) -> list[str]:
    """Of English words whose plural is not made by an s alone."""
    if word in PLURALS:
        return [PLURALS[word]]
    if word.endswith("ves"):
        return [f"{word[:-3]}f"]
    return [f"{word[:-3]}man"] if word.endswith("men") else []


def is_unspaced(word: str) -> bool:
    return bool(UNSPACED.search(word))


def parts_of(word: str) -> list[str]:
    """What a word ends with, for it may be made of several: `armchair` ends with `-chair`.

    Where words are written without spaces, another may begin at each character.
    """
    if is_unspaced(word):
        return [PART + word[start:][:LONGEST_PART] for start in range(1, len(word))]
    if not word.isalpha():
        return []
    word = UMLAUT.sub(r"\1", word)
    starts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    return [PART + word[start:][:LONGEST_PART] for start in starts]


def part_asked(word: str) -> str:
    """What the parts begin with that a word or a form of it is found in; empty if none is."""
    if is_unspaced(word):
        return PART + word[:LONGEST_PART]
    if not word.isalpha() or len(word) < SHORTEST_PART:
        return ""
    plain = UMLAUT.sub(r"\1", word)
    least = max(SHORTEST_PART, len(plain) - 2)
    near = [form for form in forms_of(word) if len(form) >= least and plain.startswith(form)]
    return PART + min([plain, *near], key=len)[:LONGEST_PART]
