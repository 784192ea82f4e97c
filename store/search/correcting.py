"""What somebody meant whose words find nothing: the same with an error or two put right."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from store.search import having
from store.search.asking import All, AnyOf, Token, Tree, term, words_asked
from store.search.indexing import END_OF_SECTION
from store.search.vocabulary import VOCABULARY, Words, similar_to

# So many things, the newest, are looked at for what somebody may have meant.
MOST_THINGS = 300


class Option(NamedTuple):
    """What may stand for a word, and with how many errors."""

    word: str
    errors: int
    tree: Tree


class Meant(NamedTuple):
    """What a thing would be found by: the less of it the better."""

    errors: int
    # How far behind its title are the words; less if the title has no others.
    depth: int
    words: tuple[str, ...]


def corrected(items: Any, text: str) -> str:
    """The query with as few errors put right as it takes to find some of the items, or "".

    Of words equally near, those that stand in titles, and then those of most things.
    """
    words = words_asked(text)
    # Read once for all words, if one of them can be mistyped at all.
    known = cache(VOCABULARY.words)
    last = len(words) - 1
    choices = [options_for(items, word, known, is_last=at == last) for at, word in enumerate(words)]
    if not any(option.errors for options in choices for option in options):
        return ""
    tree = All(tuple(AnyOf(tuple(option.tree for option in options)) for options in choices))
    found = having(items, tree).order_by("-pk").values_list("search_text", flat=True)
    counts = Counter(meant_by(search_text, choices) for search_text in found[:MOST_THINGS])
    if not counts:
        return ""
    best = min(counts, key=lambda meant: (meant.errors, meant.depth, -counts[meant], meant.words))
    return " ".join(best.words) if best.errors else ""


def options_for(
    items: Any, word: str, known: Callable[[], Words], *, is_last: bool
) -> list[Option]:
    """The word itself if it finds something, or if nothing is near it, and what is."""
    near = [Option(other, errors, Token(other)) for errors, other in similar_to(word, known)]
    itself = term(word, is_last=is_last)
    if not near or having(items, itself).order_by().values("pk")[:1]:
        near.append(Option(word, 0, itself))
    return near


def meant_by(search_text: str, choices: list[list[Option]]) -> Meant:
    """Which options a thing has, of each word the one with the fewest errors."""
    tokens = search_text.split()
    sections: dict[str, int] = {}
    section = 0
    for token in tokens:
        sections.setdefault(token, section)
        section += token == END_OF_SECTION
    chosen = [
        min(
            (option.errors, sections.get(option.word, section), option.word)
            for option in options
            if option.tree.fits(sections)
        )
        for options in choices
    ]
    words = tuple(word for _errors, _section, word in chosen)
    is_title = tokens[: tokens.index(END_OF_SECTION)] == list(dict.fromkeys(words))
    depth = sum(section for _errors, section, _word in chosen)
    return Meant(sum(errors for errors, *_rest in chosen), depth - is_title, words)
