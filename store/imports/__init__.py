"""Import of items from CSV files: our own columns, or product files of other shops."""

from store.imports.importing import import_items
from store.imports.options import Options
from store.imports.recognising import UnreadableFile
from store.imports.report import BadRow, Report

__all__ = ["BadRow", "Options", "Report", "UnreadableFile", "import_items"]
