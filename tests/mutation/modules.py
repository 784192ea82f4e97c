"""What is mutated, and for each module the few tests that ought to notice."""

from typing import NamedTuple


class Module(NamedTuple):
    """`tests` run on SQLite; those of `locks` on PostgreSQL, when the others noticed nothing."""

    path: str
    tests: tuple[str, ...]
    locks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".")


HOLDS = (
    "bag/tests/test_services_to_the_letter.py",
    "bag/tests/test_hold_pieces.py",
    "bag/tests/test_waitlist.py",
    "bag/tests/test_reservations.py",
)
PAYMENTS = (
    "invoices/tests/test_pay_pages.py",
    "invoices/tests/test_card_facts.py",
    "invoices/tests/test_card_refunds.py",
    "invoices/tests/test_ledger.py",
)
LOCKS = ("invoices/tests/test_money_locks.py",)
DOCUMENTS = (
    "invoices/tests/test_issuing.py",
    "invoices/tests/test_immutability.py",
    "invoices/tests/test_workshop_invoices.py",
    "invoices/tests/test_admin_invoice_page.py",
)
BOOKS = ("invoices/tests/test_stock_book.py", "invoices/tests/test_books.py")

MODULES = (
    Module("bag/services.py", HOLDS, locks=HOLDS[:1]),
    Module("invoices/payments/card.py", PAYMENTS, LOCKS),
    Module("invoices/payments/ledger.py", PAYMENTS, LOCKS),
    Module("invoices/payments/effects.py", PAYMENTS, LOCKS),
    Module("invoices/payments/refunds.py", PAYMENTS, LOCKS),
    Module("invoices/documents/issuing.py", DOCUMENTS, LOCKS),
    Module("invoices/documents/drafts.py", DOCUMENTS),
    Module("invoices/documents/credit_notes.py", DOCUMENTS),
    Module("invoices/books/stock_book.py", BOOKS),
)
