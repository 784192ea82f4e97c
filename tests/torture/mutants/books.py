"""Faults in what staff do with money, in the stock book and in the accountant's files."""

from tests.torture.mutants.fault import Edit, Fault

BOOK = "invoices/books/stock_book.py"

ONCE = "17 One balance to the cent: nothing is recorded twice"
MARGIN = "The tax of the margin scheme is right to the cent, piece by piece"
FILES = "The accountant’s files are whole and harmless"

PAGE = "invoices/tests/test_admin_invoice_page.py"
STOCK = "invoices/tests/test_stock_book.py"
BOOKS = "invoices/tests/test_books.py"

FAULTS = [
    Fault(
        "more is given back than came",
        ONCE,
        PAGE,
        Edit(
            "invoices/payments/ledger.py",
            "if received.amount <= 0 or received.amount > invoice.refundable_by_hand:",
            "if received.amount <= 0:",
        ),
    ),
    Fault(
        "a loss lessens the tax on another piece",
        MARGIN,
        STOCK,
        Edit(
            BOOK,
            'Greatest(F("sold_for") - cost, Value(NOTHING))',
            'F("sold_for") - cost',
        ),
    ),
    Fault(
        "a credit note is no part of its sale in the stock book",
        MARGIN,
        STOCK,
        Edit(BOOK, 'Coalesce("invoice__corrects_id", "invoice_id")', 'F("invoice_id")'),
    ),
    Fault(
        "formulas in the accountant’s files",
        FILES,
        BOOKS,
        Edit("store/csv_files.py", "return disarm(str(value))", "return str(value)"),
    ),
]
