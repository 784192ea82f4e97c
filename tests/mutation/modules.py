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
COUNTER = ("invoices/tests/test_hand_out.py",)
EFFECTS = (
    "invoices/tests/test_money_without_goods.py",
    "invoices/tests/test_taking_back.py",
    "invoices/tests/test_settling.py",
)
LOCKS = ("invoices/tests/test_money_locks.py",)
ISSUING = (
    "invoices/tests/test_issuing.py",
    "invoices/tests/test_left_unissued.py",
    "invoices/tests/test_legal_nature.py",
    "invoices/tests/test_closed_days.py",
    "invoices/tests/test_bare_shop.py",
    "invoices/tests/test_destination_taxes.py",
    "invoices/tests/test_money_without_goods.py",
    "invoices/tests/test_settling.py",
)
DRAFTS = (
    "invoices/tests/test_drafts.py",
    "invoices/tests/test_exports.py",
    "invoices/tests/test_discounts.py",
    "invoices/tests/test_left_unissued.py",
    "invoices/tests/test_destination_taxes.py",
    "invoices/tests/test_workshop_invoices.py",
    "invoices/tests/test_issuing.py",
    # It migrates there and back, which a database that is migrated already knows nothing of.
    "--deselect=invoices/tests/test_workshop_invoices.py::test_what_cannot_be_billed_is_not_accepted",
)
CREDIT_NOTES = (
    "invoices/tests/test_taking_back.py",
    "invoices/tests/test_discounts.py",
    "invoices/tests/test_following.py",
    "invoices/tests/test_credit_page.py",
    "invoices/tests/test_note_taxes.py",
    "invoices/tests/test_money_without_goods.py",
    "invoices/tests/test_issuing.py",
)
BOOKS = (
    "invoices/tests/test_stock_book.py",
    "invoices/tests/test_books_of_periods.py",
    "invoices/tests/test_books.py",
    "invoices/tests/test_returns.py",
)

MODULES = (
    Module("bag/services.py", HOLDS, locks=HOLDS[:1]),
    Module("invoices/payments/card.py", PAYMENTS, LOCKS),
    Module("invoices/payments/ledger.py", (*PAYMENTS, *COUNTER), LOCKS),
    Module("invoices/payments/effects.py", (*PAYMENTS, *COUNTER, *EFFECTS), LOCKS),
    Module("invoices/payments/refunds.py", PAYMENTS, LOCKS),
    Module("invoices/documents/issuing.py", ISSUING, LOCKS),
    Module("invoices/documents/drafts.py", DRAFTS, LOCKS),
    Module("invoices/documents/credit_notes.py", CREDIT_NOTES),
    Module("invoices/documents/note_taxes.py", CREDIT_NOTES),
    Module("invoices/books/choice.py", BOOKS),
    Module("invoices/books/sales.py", BOOKS),
    Module("invoices/books/sold_lines.py", BOOKS),
    Module("invoices/books/stock_book.py", BOOKS),
)
