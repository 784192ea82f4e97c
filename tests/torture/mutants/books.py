"""Faults in what staff do with money, in the stock book and in the accountant's files."""

from tests.torture.mutants.fault import Edit, Fault

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
            "invoices/books/stock_rows.py",
            "return max(NOTHING, (sold or NOTHING) - (cost or NOTHING))",
            "return (sold or NOTHING) - (cost or NOTHING)",
        ),
    ),
    Fault(
        "a credit note is no part of its sale in the stock book",
        MARGIN,
        STOCK,
        Edit(
            "invoices/books/sales.py",
            'Coalesce("invoice__corrects_id", "invoice_id")',
            'F("invoice_id")',
        ),
    ),
    Fault(
        "a credit note changes the stock book of a year that is over",
        MARGIN,
        "invoices/tests/test_books_of_periods.py",
        Edit(
            "invoices/books/sold_lines.py",
            "return lines.filter(invoice__issued_at__lt=until) if until else lines",
            "return lines",
        ),
    ),
    Fault(
        "formulas in the accountant’s files",
        FILES,
        BOOKS,
        Edit("store/csv_files.py", "return disarm(str(value))", "return str(value)"),
    ),
]
