"""Search by words: each database by an index of its own, and with the same results.

Each item carries its words in `search_text`: folded (lower case, no accents) and separated by one
space. In this order stand those of its title, maker and so on, then what is like them, its parts
and its description, with signs between, so that both databases can tell what a word was found in.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, F, Func, Value
from django.db.models.sql.compiler import SQLCompiler

from store.search.asking import Tree, exact, in_any_form, words_asked
from store.search.indexing import END_OF_SECTION, EXACT_SECTIONS
from store.search.words import forms_of, part_asked

# More than all words of a query can be apart from the first section.
BEGUN_ONLY = 500
# Limited, so that the text is unpacked and put together once for each row.
RANKED = "(SELECT {} FROM (SELECT ' ' || {} || ' ' AS words LIMIT 1) AS padded)"
# In the how manieth section something stands the first time, from 0.
BEFORE = "substr(words, 1, instr(words, %s))"
SECTION = f"length({BEFORE}) - length(replace({BEFORE}, '{END_OF_SECTION}', ''))"
WAY = f"WHEN instr(words, %s) > 0 THEN {SECTION} + {{}}"
BEGUN = f"ELSE {SECTION} + {BEGUN_ONLY} END"
JUST_SO = "CASE WHEN instr(words, %s) = 1 THEN -1 ELSE 0 END"


class HasWords(Func):
    """Whether an item, by its key, has what a tree asks for.

    PostgreSQL keeps the words of `search_text`, each exactly as it stands, in a column of its own,
    made by the migration `0002_search_index`. An index on the expression alone was tried: for a
    word that only old items have, the planner rather goes through all items and splits the text of
    each (at 100,000 items 1.1 s instead of 0.1 s). SQLite keeps an index beside the table, see
    `store.triggers`; reading the text of each item took 9 ms for each word and form of 5,500.
    """

    arity = 1
    output_field = models.BooleanField()

    def __init__(self, key: Any, *, tree: Tree, is_wide: bool) -> None:
        super().__init__(key)
        self.tree, self.is_wide = tree, is_wide

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        # However Django writes the table's name or alias, which differs between its versions.
        table = self.key(compiler).rpartition(".")[0]
        query = self.tree.tsquery()
        if not self.is_wide:
            return f"({table}.search_words @@ %s::tsquery)", [query]
        # Apart, so that PostgreSQL asks its index: of many alternatives it expects so many matches
        # that it would rather go through the newest things until there are enough.
        found = "SELECT id FROM store_item WHERE search_words @@ %s::tsquery OFFSET 0"
        return f"({self.key(compiler)} IN ({found}))", [query]

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        found = "SELECT rowid FROM store_item_words WHERE store_item_words MATCH %s"
        return f"({self.key(compiler)} IN ({found}))", [self.tree.fts5()]

    def key(self, compiler: SQLCompiler) -> str:
        [key] = self.get_source_expressions()
        return compiler.compile(key)[0]


def matching(items: Any, text: str) -> Any:
    """Filter a queryset of items by the words of `text`, in any form; the last one may be begun.

    Nothing asked finds all; a query of signs alone, such as `%`, finds nothing.
    """
    if not text.strip():
        return items
    words = words_asked(text)
    return having(items, in_any_form(words)) if words else items.none()


def to_be_ranked(items: Any, text: str, *, most: int) -> Any:
    """The keys of at most twice `most` of what `matching` finds: the newest of those that have each
    word as it was typed and, unless these are enough, the newest of all.
    """
    if not (words := words_asked(text)):
        return matching(items, text).values("pk")
    as_typed = having(items, exact(words), is_wide=False).order_by("-pk")
    # By no index: PostgreSQL would go through all things from the newest on until it has enough.
    newest = (F("pk") + 0).desc()
    others = having(items, in_any_form(words), is_wide=False).order_by(newest)
    are_enough = Exists(as_typed[most - 1 : most])
    return keys(as_typed[:most]).union(keys(others.filter(~are_enough)[:most]))


def keys(first: Any) -> Any:
    """Of rows that are cut off, so that SQLite may join them with others."""
    return first.model.objects.filter(pk__in=first.values("pk")).order_by().values("pk")


def having(items: Any, tree: Tree, *, is_wide: bool = True) -> Any:
    return items.filter(HasWords(F("pk"), tree=tree, is_wide=is_wide))


def with_relevance(items: Any, text: str) -> Any:
    """Annotate `relevance` to what `matching` finds for the same text, the least for the best.

    First comes what is called just so; then where the words stand further in front, such as in
    the title; then other forms in the same order, parts, the description; and after all those
    what has the last word only as the beginning of one.
    """
    if not (words := words_asked(text)):
        return items.alias(relevance=Value(0))
    return items.alias(relevance=Relevance("search_text", words=tuple(words)))


class Relevance(Func):
    """How far behind each of the words stands in an item's `search_text`, summed up.

    As plain SQL: put together of Django's expressions, that of a title of seven words takes 30 ms
    to be written.
    """

    arity = 1
    output_field = models.IntegerField()

    def __init__(self, text: Any, *, words: tuple[str, ...]) -> None:
        super().__init__(text)
        self.words = words

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        text = compiler.compile(self.get_source_expressions()[0])[0]
        title = " ".join(dict.fromkeys(self.words))
        ranks, params = [JUST_SO], [f" {title} {END_OF_SECTION}"]
        for word in self.words:
            ways = list(ways_of(word))
            ranks.append(" ".join(["CASE", *(WAY.format(worse) for _found, worse in ways), BEGUN]))
            params += [found for found, _worse in ways for _ in range(WAY.count("%s"))]
            params += [f" {word}"] * BEGUN.count("%s")
        return RANKED.format(" + ".join(ranks), text), params

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        sql, params = self.as_sql(compiler, connection)
        return sql.replace("instr(", "strpos("), params


def ways_of(word: str) -> Iterator[tuple[str, int]]:
    """What an item may have for a word, the best first, and how much worse that is."""
    yield f" {word} ", 0
    for form in forms_of(word):
        yield f" {form} ", EXACT_SECTIONS
    if part := part_asked(word):
        yield f" {part}", 0
