"""For migrations that alter invoices or their lines, whose triggers refuse changes.

SQLite alters most of a table by making it anew. The triggers of the old one are gone with it, and
those of the lines, which ask the invoices, stop it from taking away what they ask.
"""

from importlib import import_module

from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation

written = import_module("invoices.migrations.0008_freeze_issued_invoices")


def thawed(*operations: Operation) -> list[Operation]:
    """All operations of such a migration, with the triggers away meanwhile and back at the end."""
    thaw = RunPython(written.thaw, written.freeze)
    freeze = RunPython(written.freeze, written.thaw)
    return [thaw, *operations, freeze]
