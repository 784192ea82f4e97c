"""For migrations that alter tables whose triggers refuse changes.

SQLite alters most of a table by making it anew. The triggers of the old one are gone with it, and
those of the lines of invoices, which ask the invoices, stop it from taking away what they ask.
"""

from importlib import import_module
from typing import Any

from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation

# Of invoices and their lines; of day closes, payments, and movements of cash.
INVOICES: Any = import_module("invoices.migrations.0008_freeze_issued_invoices")
CLOSES: Any = import_module("invoices.migrations.0020_freeze_day_closes")


def thawed(*operations: Operation, triggers: Any = INVOICES) -> list[Operation]:
    """All operations of such a migration, with the triggers away meanwhile and back at the end."""
    thaw = RunPython(triggers.thaw, triggers.freeze)
    freeze = RunPython(triggers.freeze, triggers.thaw)
    return [thaw, *operations, freeze]
