"""What is written down of a thing so that it is found: its words, and what they are found by."""

import re
from collections.abc import Iterable, Sequence

from store.search.words import forms_of, joined_pairs, joined_runs, parts_of, words_of

# It is no word, so that nobody finds it.
END_OF_SECTION = "|"
# At the end of what this release writes. Whoever changes what is written changes it, too, so that
# the timer writes all things anew; the index `item_search_outdated` asks for it.
WRITTEN_BY = "=2"
# After those of the title, the same in other languages, maker, category, materials, period and
# numbers come as many sections of what is like them, and then those of parts.
EXACT_SECTIONS = 7
# Its place, behind the exact sections, those of what is like them and those of parts.
DESCRIPTION = 3 * EXACT_SECTIONS - 1
# Of what somebody may have meant.
SHORTEST_WORD = 2
# The first so many letters of a description are searched.
LONGEST_DESCRIPTION = 3000
# Written as one word or as two: `14ct` and `14 ct`.
MEASURE = re.compile(r"\d+[^\W\d]+")


def index_text(texts: Sequence[str], numbers: Iterable[str], description: str) -> str:
    """The words of a thing, each once, in sections: what counts most stands first.

    The texts are its title, that in other languages, maker, category, materials and period.
    """
    description = description[:LONGEST_DESCRIPTION]
    numbers = list(numbers)
    words = [words_of(text) for text in texts]
    sections = [
        *words,
        words_of(" ".join(numbers)),
        *(alike(text, found) for text, found in zip(texts, words, strict=True)),
        [spelling for number in numbers for spelling in spellings(number)],
        *([part for word in found for part in parts_of(word)] for found in words),
        words_of(description),
        alike(description, words_of(description)),
    ]
    for title in (0, 1):
        sections[EXACT_SECTIONS + title] += joined_pairs(words[title])
    return " ".join([*each_once(sections), WRITTEN_BY])


def alike(text: str, words: list[str]) -> list[str]:
    """What else is found by the words of a text: other spellings, and forms of each."""
    runs = joined_runs(text)
    measures = [pair for pair in joined_pairs(words) if MEASURE.fullmatch(pair)]
    return [*runs, *measures, *(form for word in [*words, *runs] for form in forms_of(word))]


def spellings(number: str) -> list[str]:
    """A stock number without signs between, and its words without zeros in front."""
    if words := words_of(number):
        return ["".join(words)[:100], *(word.lstrip("0") or "0" for word in words)]
    # One of signs alone: PostgreSQL takes no empty words.
    return []


def each_once(sections: Iterable[list[str]]) -> list[str]:
    found: set[str] = set()
    tokens: list[str] = []
    for section in sections:
        new = [word for word in dict.fromkeys(section) if word not in found]
        found.update(new)
        tokens += [*new, END_OF_SECTION]
    return tokens


def vocabulary_of(text: str) -> set[str]:
    """The words of what was written of a thing, without numbers, forms and parts."""
    sections = text.split(END_OF_SECTION)
    shown = [*sections[: EXACT_SECTIONS - 1], *sections[DESCRIPTION : DESCRIPTION + 1]]
    words = " ".join(shown).split()
    return {word for word in words if len(word) >= SHORTEST_WORD and word.isalpha()}
