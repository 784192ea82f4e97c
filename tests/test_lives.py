"""Every place that names an amount or what is next reads the one balance and the one stage."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from invoices.books.accounting import INVOICE_COLUMNS, invoice_rows
from invoices.books.choice import Choice
from invoices.books.stock_book import StockBook
from invoices.books.stock_rows import sums_of
from invoices.documents.pdf import pdf_of
from invoices.models import Invoice
from mail.outbox import compose
from money.filters import money
from store.models import ShopProfile
from tests.lives import OrderLife, TicketLife

# `Life.live` looks after each step.
pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]
ASKS = ["Please pay", "Please transfer", "Deposit due now", "Due now:", "and pay €", "You pay €"]
SAYS_PAID = ["Your payment has arrived.", "It is paid and packed"]
MONEY_STEPS = [
    *("pay a part", "pay the rest", "give some back", "give all back"),
    *("issue", "credit a part", "credit all"),
]
ORDER_STEPS = [*MONEY_STEPS, "pay", "ready", "ship", "collect", "cancel", "restock"]
TICKET_STEPS = [
    *(*MONEY_STEPS, "quote", "accept", "decline", "take back"),
    *("assessing", "in_progress", "ready", "collected", "cancelled"),
]
lives = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def mo(db: None) -> User:
    """A manager, who may see and do everything."""
    return make_staff("mo@example.com", group=MANAGERS)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what one life has written before the next begins."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def text_of(user: User | None, address: str) -> str:
    """What a page says, without its tags."""
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, address
    content = re.sub(r"(?s)<(script|style|datalist|select).*?</\1>", " ", answer.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


def part_of(text: str, start: str, letters: int = 400) -> str:
    assert start in text
    return text[text.index(start) :][:letters]


def printed(invoice: Invoice) -> str:
    pages = PdfReader(BytesIO(pdf_of(invoice))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def assert_books_agree(invoice: Invoice, mo: User, customer: User) -> None:
    """Invoice, PDF, list, mail, admin page, admin list and the accountant's file."""
    balance, name = money(invoice.balance), str(invoice.state.label)
    admin = text_of(mo, reverse("admin:invoices_invoice_change", args=[invoice.pk]))
    assert f"{name} Balance: {balance}" in admin
    opens = re.search(r'money-do"( open)?>\s*<summary>Record a payment', raw(mo, invoice))
    assert opens
    assert bool(opens[1]) == (invoice.due_now > 0)
    rows = text_of(mo, reverse("admin:invoices_invoice_changelist"))
    assert f"{money(invoice.left_of_total)} {balance}" in part_of(rows, f"{name} {invoice}")
    said = {"invoice": invoice, "payer": invoice.payer}
    assert f"{balance} are left to pay" in compose("invoices.reminder", to="", context=said).text
    due = compose("invoices.invoice", to="", context=said).text
    assert (
        (money(invoice.due_now) in due) if invoice.due_now else "Nothing is to be paid now" in due
    )
    if invoice.number:
        today = timezone.localdate()
        rows_of = [row for row in invoice_rows(today, today) if row[0] == invoice.number]
        filed = dict(zip(map(str, INVOICE_COLUMNS), rows_of[0], strict=True))
        assert (filed["paid"], filed["balance"]) == (invoice.paid, invoice.balance)
    if not invoice.is_shown:
        return
    name = "Paid too much" if invoice.overpaid else "Left to pay"
    shown = f"{name} {money(invoice.overpaid or invoice.balance)}"
    for text in (text_of(None, invoice.get_absolute_url()), printed(invoice)):
        assert shown in text
        assert asks(text) == (invoice.due_now > 0), text
    listed = text_of(customer, reverse("invoices:list"))
    assert f"{invoice.state.label} {money(invoice.left_of_total)} {balance}" in listed


def raw(staff: User, invoice: Invoice) -> str:
    client = Client()
    client.force_login(staff)
    return client.get(reverse("admin:invoices_invoice_change", args=[invoice.pk])).content.decode()


def asks(text: str) -> bool:
    return any(words in text for words in ASKS)


def assert_stock_book_agrees(invoice: Invoice) -> None:
    book = StockBook(Choice())
    assert book.sums == sums_of(book)
    assert book.sums.sold_for - book.sums.bought_for + book.sums.loss == book.sums.margin
    sold = [
        row.sold_for or Decimal(0) for row in book if row.invoice and row.invoice == invoice.number
    ]
    assert sum(sold) == (invoice.payable if invoice.number else 0)


def assert_order_agrees(life: OrderLife, mo: User, customer: User) -> None:
    order, invoice = life.order, life.invoice
    page = text_of(None, order.get_absolute_url())
    assert f"Order {order} {order.stage.label}" in page
    assert not (invoice.balance > 0 and any(words in page for words in SAYS_PAID))
    assert not (asks(page) and invoice.due_now <= 0)
    if asks(page):
        assert money(invoice.balance) in page
    if invoice.overpaid:
        assert f"You have paid {money(invoice.overpaid)} too much" in page
    row = part_of(text_of(customer, reverse("store:order-list")), order.reference, 120)
    assert str(order.stage.label) in row
    left = f"you get {money(invoice.overpaid)} back" if invoice.overpaid else money(invoice.balance)
    assert left in row or (order.stage == "cancelled" and "–" in row)
    admin = text_of(mo, reverse("admin:store_order_changelist"))
    assert money(invoice.balance) in part_of(admin, order.reference, 200)
    change = text_of(mo, reverse("admin:store_order_change", args=[order.pk]))
    assert f"balance {money(invoice.balance)}" in change


def assert_ticket_agrees(life: TicketLife, mo: User, customer: User) -> None:
    ticket, invoice = life.ticket, life.invoice
    next_step = str(ticket.awaits_for_customer.for_customer)
    status = reverse("repairs:status", args=[ticket.status_secret])
    for page in (text_of(customer, ticket.get_absolute_url()), text_of(None, status)):
        assert next_step in page
        assert asks(page) == (invoice.due_now > 0), page
        assert ("We ask for a deposit" in page) == (ticket.status == "quoted")
    row = part_of(text_of(customer, reverse("repairs:ticket-list")), ticket.reference, 200)
    assert next_step in row
    assert (" due" in row) == (invoice.due_now > 0)
    if invoice.due_now > 0:
        asked = "Deposit due now" if invoice.deposit_due else "Amount due"
        assert f"{asked}: {money(invoice.due_now)}" in row
    board = reverse("admin:repairs_restorals_serviceticket_changelist")
    desk = part_of(text_of(mo, f"{board}?state=any&q={ticket.reference}"), "Zither", 300)
    if ticket.awaits.for_staff:
        assert str(ticket.awaits.for_staff) in desk
    for words, amount in [("due: ", invoice.due_now), ("paid too much: ", invoice.overpaid)]:
        assert (words in desk) == (amount > 0), desk
        assert amount <= 0 or f"{words}{money(amount)}" in desk


@given(
    steps=st.lists(st.sampled_from(ORDER_STEPS), max_size=7),
    delivery=st.sampled_from(["ship", "collect"]),
    method=st.sampled_from(["transfer", "shop", "card"]),
)
@example(steps=["pay", "ship", "credit all"], delivery="ship", method="transfer")
@example(steps=["pay", "give all back"], delivery="ship", method="transfer")
@example(steps=["pay", "credit all", "restock"], delivery="collect", method="shop")
@example(steps=["issue", "credit all"], delivery="collect", method="transfer")
@example(steps=["pay a part", "issue", "credit a part"], delivery="collect", method="transfer")
@lives
def test_an_order_is_said_alike_everywhere(
    alice: User, mo: User, steps: list[str], delivery: str, method: str
) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"iban": "DE02120300000000202051"})
    if delivery == "ship" and method == "shop":
        method = "transfer"
    with undone():
        life = OrderLife(alice, mo, delivery=delivery, payment_method=method)

        life.live(steps)

        assert_books_agree(life.invoice, mo, alice)
        assert_order_agrees(life, mo, alice)
        assert_stock_book_agrees(life.invoice)


AGREED = ["quote", "accept"]
DONE = [*AGREED, "pay a part", "pay a part", "in_progress", "ready"]


@given(steps=st.lists(st.sampled_from(TICKET_STEPS), max_size=9))
@example(steps=DONE)
@example(steps=[*DONE, "collected"])
@example(steps=[*DONE, "pay the rest"])
@example(steps=[*DONE, "pay the rest", "collected", "give some back"])
@example(steps=[*AGREED, "pay a part", "cancelled"])
@example(steps=[*AGREED, "quote", "decline"])
@lives
def test_a_ticket_is_said_alike_everywhere(alice: User, mo: User, steps: list[str]) -> None:
    with undone():
        life = TicketLife(alice, mo)

        life.live(steps)

        assert_books_agree(life.invoice, mo, alice)
        assert_ticket_agrees(life, mo, alice)


def test_control_an_order_that_does_not_follow_its_money_is_found(
    alice: User, mo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("invoices.documents.credit_notes", "invoices.payments.ledger"):
        monkeypatch.setattr(f"{module}.follow_money", lambda *_: None)
    life = OrderLife(alice, mo, delivery="ship")

    with pytest.raises(AssertionError):
        life.live(["pay", "credit all"])


def test_control_a_place_with_a_figure_of_its_own_is_found(
    alice: User, mo: User, monkeypatch: Any
) -> None:
    life = OrderLife(alice, mo, delivery="ship")
    life.live(["pay a part"])
    monkeypatch.setattr("store.panels.BILLERS", {})

    with pytest.raises(AssertionError):
        assert_order_agrees(life, mo, alice)
