"""What a query asks for, as a tree that each database is told in its own language."""

from collections.abc import Collection
from typing import NamedTuple, TypeAlias

from store.search.words import forms_of, is_unspaced, part_asked, words_of

# What is beyond this in a query is not looked at: nobody types it by hand.
LONGEST_QUERY = 400
MOST_WORDS = 16
# In longer queries words are not tried joined.
MOST_JOINED = 5


class Token(NamedTuple):
    """A word as it is written down, or else the beginning of one."""

    text: str
    begins: bool = False

    def tsquery(self) -> str:
        return f"'{self.text}'{':*' if self.begins else ''}"

    def fts5(self) -> str:
        return f'"{self.text}"{" *" if self.begins else ""}'

    def fits(self, tokens: Collection[str]) -> bool:
        if self.begins:
            return any(token.startswith(self.text) for token in tokens)
        return self.text in tokens


class All(NamedTuple):
    of: "tuple[Tree, ...]"

    def tsquery(self) -> str:
        return f"({' & '.join(each.tsquery() for each in self.of)})"

    def fts5(self) -> str:
        return f"({' AND '.join(each.fts5() for each in self.of)})"

    def fits(self, tokens: Collection[str]) -> bool:
        return all(each.fits(tokens) for each in self.of)


class AnyOf(NamedTuple):
    of: "tuple[Tree, ...]"

    def tsquery(self) -> str:
        return f"({' | '.join(each.tsquery() for each in self.of)})"

    def fts5(self) -> str:
        return f"({' OR '.join(each.fts5() for each in self.of)})"

    def fits(self, tokens: Collection[str]) -> bool:
        return any(each.fits(tokens) for each in self.of)


Tree: TypeAlias = Token | All | AnyOf


def words_asked(text: str) -> list[str]:
    return words_of(text[:LONGEST_QUERY])[:MOST_WORDS]


def exact(words: list[str]) -> Tree:
    """Each word as it is, the last one as a prefix."""
    return All((*(Token(word) for word in words[:-1]), Token(words[-1], begins=True)))


def in_any_form(words: list[str]) -> Tree:
    """Each word in any form or as a part of another; those beside each other as one, too."""
    ways = [words]
    if 1 < len(words) <= MOST_JOINED:
        pairs = range(len(words) - 1)
        ways += [[*words[:at], words[at] + words[at + 1], *words[at + 2 :]] for at in pairs]
        if len(words) > 2:
            ways.append(["".join(words)])
    found = tuple(way_of(way) for way in ways)
    return found[0] if len(found) == 1 else AnyOf(found)


def way_of(words: list[str]) -> Tree:
    terms = [term(word, is_last=False) for word in words[:-1]]
    return All((*terms, term(words[-1], is_last=True)))


def term(word: str, *, is_last: bool) -> Tree:
    begins = is_last or is_unspaced(word)
    tokens = [Token(word, begins), *(Token(form) for form in forms_of(word))]
    if part := part_asked(word):
        tokens.append(Token(part, begins=True))
    return AnyOf(tuple(tokens))
