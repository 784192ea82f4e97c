"""Import of items from CSV files: our own columns, or a product export of Shopify."""

from store.imports.importing import import_items
from store.imports.reading import UnreadableFile
from store.imports.report import BadRow, Report

__all__ = ["BadRow", "Report", "UnreadableFile", "import_items"]
