"""Search by words: full text with an index on PostgreSQL, LIKE elsewhere, same results.

The words of an item's title, maker, category and so on stand in this order in `search_text`,
with signs between them, so that both databases can tell what a word was found in.

Each item carries its words in `search_text`: folded (lower case, no accents) and separated
by one space. A query is folded by the same function, so both databases compare
plain words and neither needs an extension or a dictionary.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, F, Func, Value, When
from django.db.models.functions import Concat, Left, Length, Replace, StrIndex
from django.db.models.sql.compiler import SQLCompiler

from typed.text import plain_line

# A longer run of letters counts as several words: PostgreSQL takes none above 2 kB.
WORD = re.compile(r"[^\W_]{1,100}")
# Letters that Unicode does not decompose.
PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)
# It is no word, so that nobody finds it.
END_OF_PART = "|"
# More than all words of a query can be apart from the first part.
BEGUN_ONLY = 100
PADDED = Concat(Value(" "), "search_text", Value(" "), output_field=models.TextField())
# What is beyond this in a query is not looked at: nobody types it by hand.
LONGEST_QUERY = 400
MOST_WORDS = 16


def words_of(text: str) -> list[str]:
    """Split into folded words: `Crèche, 2nd` becomes `["creche", "2nd"]`."""
    # Twice, because folding makes new decomposable letters and some letters fold
    # only when decomposed.
    folded = unicodedata.normalize("NFKD", plain_line(text)).casefold()
    decomposed = unicodedata.normalize("NFKD", folded.translate(PLAIN_LETTERS))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return WORD.findall(letters)


def joined_parts(texts: Iterable[str]) -> str:
    """The words of texts, each once, and a sign after those of each text."""
    found: set[str] = set()
    tokens: list[str] = []
    for text in texts:
        new = [word for word in dict.fromkeys(words_of(text)) if word not in found]
        found.update(new)
        tokens += [*new, END_OF_PART]
    return " ".join(tokens)


class Words(Func):
    """The words of `search_text` as a tsvector, each exactly as it stands (no stemming).

    PostgreSQL keeps them in a column of its own, made by the migration
    `0002_search_index`. An index on the expression alone was tried: for a word that only
    old items have, the planner rather goes through all items and splits the text of
    each (at 100,000 items 1.1 s instead of 0.1 s).
    """

    arity = 1
    output_field = models.TextField()

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **kwargs: Any
    ) -> tuple[str, list[Any]]:
        [text] = self.get_source_expressions()
        # However Django writes the table's name or alias, which differs between its versions.
        table = compiler.compile(text)[0].rpartition(".")[0]
        return f"{table}.search_words", []


class HasWords(Func):
    """Whether a tsvector matches a tsquery given as text."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    arity = 2
    output_field = models.BooleanField()


def matching(items: Any, text: str) -> Any:
    """Filter a queryset of items by the words of `text`, the last one as a prefix.

    Nothing asked finds all; a query of signs alone, such as `%`, finds nothing.
    """
    if not text.strip():
        return items
    words = words_asked(text)
    if not words:
        return items.none()
    if connection.vendor == "postgresql":
        query = " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"])
        return items.filter(HasWords(Words(F("search_text")), Value(query)))
    items = items.alias(padded_words=PADDED)
    for word in words[:-1]:
        items = items.filter(padded_words__contains=f" {word} ")
    return items.filter(padded_words__contains=f" {words[-1]}")


def words_asked(text: str) -> list[str]:
    return words_of(text[:LONGEST_QUERY])[:MOST_WORDS]


def with_relevance(items: Any, text: str) -> Any:
    """Annotate `relevance` to what `matching` finds for the same text, the least for the best.

    First comes what is called just so; then where the words stand further in front, such as in
    the title; and after all those what has the last word only as the beginning of one.
    """
    items = items.alias(padded_words=PADDED)
    if not (words := words_asked(text)):
        return items.alias(relevance=Value(0))
    whole, title = f" {words[-1]} ", " ".join(dict.fromkeys(words))
    last = Case(
        When(search_text__startswith=f"{title} {END_OF_PART}", then=Value(-1)),
        When(padded_words__contains=whole, then=part_of(whole)),
        default=part_of(whole.rstrip()) + BEGUN_ONLY,
    )
    return items.alias(relevance=sum((part_of(f" {word} ") for word in words[:-1]), last))


def part_of(found: str) -> Any:
    """In the how manieth part an item has this the first time, from 0."""
    before = Left("padded_words", StrIndex("padded_words", Value(found)))
    return Length(before) - Length(Replace(before, Value(END_OF_PART), Value("")))
