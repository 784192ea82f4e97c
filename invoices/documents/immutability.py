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
AGE: Any = import_module("invoices.migrations.0026_forget_buyers_of_old_invoices")


class SINCE_0026:  # noqa: N801 (it stands for a module, as the others are)
    """Of invoices in migrations after 0026: whose an old one was may be forgotten."""

    @staticmethod
    def freeze(apps: Any, schema_editor: Any) -> None:
        INVOICES.freeze(apps, schema_editor)
        AGE.let_old_ones_forget(apps, schema_editor)

    @staticmethod
    def thaw(apps: Any, schema_editor: Any) -> None:
        INVOICES.thaw(apps, schema_editor)


def thawed(*operations: Operation, triggers: Any = INVOICES) -> list[Operation]:
    """All operations of such a migration, with the triggers away meanwhile and back at the end."""
    thaw = RunPython(triggers.thaw, triggers.freeze)
    freeze = RunPython(triggers.freeze, triggers.thaw)
    return [thaw, *operations, freeze]
