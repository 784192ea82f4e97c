"""For migrations that alter the table of items, on which triggers keep what things have cost, and
in SQLite the words by which they are found.

SQLite alters most of a table by making it anew, and the triggers of the old one are gone with it,
without a word. Those of invoices have `invoices.documents.immutability` for the same.
"""

from importlib import import_module
from typing import Any

from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation

PRICES: Any = import_module("store.migrations.0046_keep_prices")
# The index of words of SQLite. Texts have nothing but words and their signs, folded and with spaces
# between, so that it has nothing to fold or to leave out.
INDEX = "store_item_words"
MAKE = """
CREATE VIRTUAL TABLE store_item_words USING fts5(
    search_text, content='store_item', content_rowid='id', detail=none, columnsize=0,
    tokenize="ascii tokenchars '-=|'"
)
"""
FORGET = """
INSERT INTO store_item_words(store_item_words, rowid, search_text)
VALUES ('delete', old.id, old.search_text);
"""
NOTE = "INSERT INTO store_item_words(rowid, search_text) VALUES (new.id, new.search_text);"
FILL = "INSERT INTO store_item_words(store_item_words) VALUES ('rebuild')"
TRIGGERS = {
    "item_words_come": f"AFTER INSERT ON store_item BEGIN {NOTE} END",
    "item_words_change": (
        "AFTER UPDATE OF search_text ON store_item WHEN new.search_text <> old.search_text "
        f"BEGIN {FORGET} {NOTE} END"
    ),
    "item_words_go": f"AFTER DELETE ON store_item BEGIN {FORGET} END",
}


def make_index(apps: Any, schema_editor: Any) -> None:
    """Other databases have an index in their table."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(MAKE)
        keep_index(apps, schema_editor)


def drop_index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        forget_index(apps, schema_editor)
        schema_editor.execute(f"DROP TABLE {INDEX}")


def keep_index(apps: Any, schema_editor: Any) -> None:
    """Let triggers keep the index from now on, if there is one: it is younger than some migrations
    that alter the table.
    """
    connection = schema_editor.connection
    if connection.vendor != "sqlite" or INDEX not in connection.introspection.table_names():
        return
    schema_editor.execute(FILL)
    for name, does in TRIGGERS.items():
        schema_editor.execute(f"CREATE TRIGGER {name} {does}")


def forget_index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


def with_prices_kept(*operations: Operation) -> list[Operation]:
    """All operations of such a migration, with the triggers away meanwhile and back at the end."""
    away = [RunPython(PRICES.forget, PRICES.keep), RunPython(forget_index, keep_index)]
    back = [RunPython(keep_index, forget_index), RunPython(PRICES.keep, PRICES.forget)]
    return [*away, *operations, *back]


def restore(apps: Any, schema_editor: Any) -> None:
    """Put back in SQLite what was lost by a migration that has altered items without all this."""
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'item_price_kept'")
        is_lost = cursor.fetchone() is None
    if is_lost:
        PRICES.keep(apps, schema_editor)
    forget_index(apps, schema_editor)
    keep_index(apps, schema_editor)
