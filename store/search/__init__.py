"""Search by words: each database by an index of its own, and with the same results.

Each item carries its words in `search_text`: folded (lower case, no accents) and separated by one
space. In this order stand those of its title, maker and so on, then what is like them, its parts
and its description, with signs between, so that both databases can tell what a word was found in.
"""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Concat, Left, Length, Replace, StrIndex
from django.db.models.sql.compiler import SQLCompiler

from store.search.asking import Tree, exact, in_any_form, words_asked
from store.search.indexing import END_OF_SECTION, EXACT_SECTIONS
from store.search.words import forms_of, part_asked

# More than all words of a query can be apart from the first section.
BEGUN_ONLY = 500
PADDED = Concat(Value(" "), "search_text", Value(" "), output_field=models.TextField())


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


def matching_exactly(items: Any, text: str) -> Any:
    """Those of `matching` that have each word as it was typed."""
    words = words_asked(text)
    return having(items, exact(words), is_wide=False) if words else matching(items, text)


def having(items: Any, tree: Tree, *, is_wide: bool = True) -> Any:
    return items.filter(HasWords(F("pk"), tree=tree, is_wide=is_wide))


def with_relevance(items: Any, text: str) -> Any:
    """Annotate `relevance` to what `matching` finds for the same text, the least for the best.

    First comes what is called just so; then where the words stand further in front, such as in
    the title; then other forms in the same order, parts, the description; and after all those
    what has the last word only as the beginning of one.
    """
    items = items.alias(padded_words=PADDED)
    if not (words := words_asked(text)):
        return items.alias(relevance=Value(0))
    title = " ".join(dict.fromkeys(words))
    just_so = When(search_text__startswith=f"{title} {END_OF_SECTION}", then=Value(-1))
    ranks = [rank_of(word) for word in words[:-1]]
    return items.alias(relevance=sum(ranks, rank_of(words[-1], just_so)))


def rank_of(word: str, *before: When) -> Any:
    """Where an item has a word, in the best of all forms; the word as it stands is best."""
    forms = [
        When(has(f" {form} "), then=section_of(f" {form} ") + EXACT_SECTIONS)
        for form in forms_of(word)
    ]
    part = part_asked(word)
    parts = [When(has(f" {part}"), then=section_of(f" {part}"))] if part else []
    whole = When(has(f" {word} "), then=section_of(f" {word} "))
    return Case(*before, whole, *forms, *parts, default=section_of(f" {word}") + BEGUN_ONLY)


def has(found: str) -> Q:
    return Q(padded_words__contains=found)


def section_of(found: str) -> Any:
    """In the how manieth section an item has this the first time, from 0."""
    before = Left("padded_words", StrIndex("padded_words", Value(found)))
    return Length(before) - Length(Replace(before, Value(END_OF_SECTION), Value("")))
