"""For migrations that alter the table of items, on which a trigger keeps what things have cost.

SQLite alters most of a table by making it anew, and the triggers of the old one are gone with it,
without a word. Those of invoices have `invoices.documents.immutability` for the same.
"""

from importlib import import_module
from typing import Any

from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation

PRICES: Any = import_module("store.migrations.0046_keep_prices")


def with_prices_kept(*operations: Operation) -> list[Operation]:
    """All operations of such a migration, with the trigger away meanwhile and back at the end."""
    away = RunPython(PRICES.forget, PRICES.keep)
    back = RunPython(PRICES.keep, PRICES.forget)
    return [away, *operations, back]
