"""Faults in what staff do with money, in the stock book and in the accountant's files."""

from tests.torture.mutants.fault import Edit, Fault

VERSIONS = "store/versions.py"
ACTIONS = "invoices/payments/actions.py"
BOOK = "invoices/books/stock_book.py"

ONCE = "17 One balance to the cent: nothing is recorded twice"
MARGIN = "The tax of the margin scheme is right to the cent, piece by piece"
FILES = "The accountant’s files are whole and harmless"

PAGE = "invoices/tests/test_admin_invoice_page.py"
STOCK = "invoices/tests/test_stock_book.py"
BOOKS = "invoices/tests/test_books.py"

FAULTS = [
    Fault(
        "an old page records a payment",
        ONCE,
        PAGE,
        Edit(
            VERSIONS,
            "    if row.version != version:\n        raise VersionChanged(words)\n",
            "    pass\n",
        ),
    ),
    Fault(
        "a second click is an old page",
        ONCE,
        PAGE,
        Edit(
            ACTIONS,
            "        return first\n    check_version(invoice, version)\n    if received.amount",
            "        raise NothingToPay\n    if received.amount",
        ),
    ),
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
        "the workshop records payments",
        "22 Staff see what their group allows",
        PAGE,
        Edit(
            "invoices/admin/invoice_page.py",
            'MAY_RECORD = ["invoices.change_invoice", "invoices.add_payment"]',
            'MAY_RECORD = ["invoices.view_invoice"]',
        ),
    ),
    Fault(
        "a deposit in full is still due in the list",
        ONCE,
        "invoices/tests/test_invoice_admin.py",
        Edit(
            "invoices/models/invoice_queries.py",
            'deposit__gt=Round(F("total") - F("balance_due"), 2)',
            'deposit__gte=Round(F("total") - F("balance_due"), 2)',
        ),
    ),
    Fault(
        "a loss lessens the tax on another piece",
        MARGIN,
        STOCK,
        Edit(
            BOOK,
            'Greatest(F("sold_for") - F("bought_for"), Value(NOTHING, output_field=AMOUNT))',
            'F("sold_for") - F("bought_for")',
        ),
    ),
    Fault(
        "tax on top of the margin instead of in it",
        MARGIN,
        STOCK,
        Edit(
            BOOK,
            'F("margin") * F("rate") / (100 + F("rate"))',
            'F("margin") * F("rate") / Value(Decimal(100))',
        ),
    ),
    Fault(
        "a missing purchase price is nothing",
        MARGIN,
        STOCK,
        Edit(
            BOOK,
            'F("piece__purchase_price")',
            'Coalesce("piece__purchase_price", Value(NOTHING, output_field=AMOUNT))',
        ),
    ),
    Fault(
        "drafts are in the stock book",
        MARGIN,
        STOCK,
        Edit(BOOK, "piece__isnull=False, invoice__number__isnull=False", "piece__isnull=False"),
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
        Edit("invoices/books/csv_files.py", "return disarm(str(value))", "return str(value)"),
    ),
    Fault(
        "the last day is missing in the accountant’s files",
        FILES,
        BOOKS,
        Edit("invoices/books/accounting.py", "midnight(end + timedelta(days=1))", "midnight(end)"),
    ),
]
