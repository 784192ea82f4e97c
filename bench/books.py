"""How long the books of a busy shop take: 60,000 of 100,000 pieces sold by 20,000 invoices."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from time import perf_counter

import psutil

from bench.large import start
from bench.tickets import worker
from tests.processes import Process
from tests.visitor import Visitor

PIECES, INVOICES, LINES = 100_000, 20_000, 3
ROUNDS = 3
ROWS_PER_INSERT = 5000
# Of ten invoices so many are paid.
PAID = 8
# Over how many days they were issued, and how many each gives to pay.
DAYS, DAYS_TO_PAY = 300, 14
ADMIN = "/admin/invoices/invoice/"
BOOK = f"{ADMIN}stock-book/?by=sale&state=all&margin_only=on"
YEAR = "start=2000-01-01&end=2099-12-31"
PAGES = {
    "stock book, page 1": BOOK,
    "stock book, page 500": f"{BOOK}&page=500",
    "stock book, of a month": f"{BOOK}&start=2026-03-01&end=2026-03-31",
    "stock book as a file": f"{BOOK}&csv=yes",
    "file for the accountant": f"{ADMIN}export/?file=invoices&{YEAR}",
    "payments for the accountant": f"{ADMIN}export/?file=payments&{YEAR}",
    "list of invoices": ADMIN,
    "list of invoices, page 200": f"{ADMIN}?p=200",
    "list of invoices, overdue": f"{ADMIN}?state=overdue",
    "list of invoices, search": f"{ADMIN}?q=2026-12",
}


def books(process: Process) -> Iterator[str]:
    """The median of several requests for each page, and by how much the one worker grew."""
    from tests.torture.photos import Memory

    person = worker(process)
    [gunicorn] = psutil.Process(process.popen.pid).children()
    for name, page in PAGES.items():
        person.get(page)
        memory = Memory(gunicorn)
        times = [timed(person, page) for _ in range(ROUNDS)]
        memory.note(name)
        memory.over.set()
        size = len(person.get(page)) / 1_000_000
        yield (
            f"{name:30} p50 {median(times):7.0f} ms, {min(times):.0f}–{max(times):.0f}, "
            f"{size:.1f} MB; the worker grew by {memory.most} MB"
        )


def timed(person: Visitor, page: str) -> float:
    started = perf_counter()
    person.get(page)
    return 1000 * (perf_counter() - started)


def due_on(today: date, number: int, of: int) -> date:
    """When the invoice with this number is to be paid; they are issued evenly until today."""
    return today - timedelta(days=(of - number) * DAYS // of - DAYS_TO_PAY)


def fill(number: int = INVOICES) -> None:
    """Things that were bought over the years and sold in threes; one sale in five is not paid."""
    from django.db import transaction
    from django.db.models import (
        CharField,
        DateTimeField,
        DurationField,
        ExpressionWrapper,
        F,
        Value,
    )
    from django.db.models.functions import Cast, Concat
    from django.utils import timezone

    from invoices.models import Invoice, InvoiceLine, Payment
    from store.models import Item, Order, Piece
    from store.tests.factories import make_category

    category, now = make_category("Books"), timezone.now()
    today = timezone.localdate()
    with transaction.atomic():
        items = Item.objects.bulk_create(
            (
                Item(
                    title=f"Sold thing {n}",
                    slug=f"sold-thing-{n}",
                    price=120,
                    category=category,
                    tax_scheme="margin" if n % 10 else "standard",
                )
                for n in range(number * PIECES // INVOICES)
            ),
            batch_size=ROWS_PER_INSERT,
        )
        pieces = Piece.objects.bulk_create(
            (
                Piece(
                    item=item,
                    stock_number=f"B{n}",
                    purchase_price=Decimal(n % 150) if n % 51 else None,
                    purchased_on=today - timedelta(days=n % 1000),
                    purchased_from="Estate of Ms Ashdown",
                )
                for n, item in enumerate(items)
            ),
            batch_size=ROWS_PER_INSERT,
        )
        orders = Order.objects.bulk_create(
            (
                Order(
                    name=f"Buyer {n}",
                    email=f"buyer{n}@example.com",
                    delivery="collect",
                    payment_method="transfer",
                    payment_due_at=now + timedelta(days=60),
                    paid_at=now if n % 10 < PAID else None,
                    bag_key=f"books {n}",
                    checkout_number=0,
                )
                for n in range(number)
            ),
            batch_size=ROWS_PER_INSERT,
        )
        invoices = Invoice.objects.bulk_create(
            (
                Invoice(order=order, total=120 * LINES, due_on=due_on(today, n, number))
                for n, order in enumerate(orders)
            ),
            batch_size=ROWS_PER_INSERT,
        )
        InvoiceLine.objects.bulk_create(
            (
                InvoiceLine(
                    invoice=invoices[n // LINES],
                    piece=pieces[n],
                    description=items[n].title,
                    price=120,
                    tax_rate=19,
                    scheme=items[n].tax_scheme,
                )
                for n in range(number * LINES)
            ),
            batch_size=ROWS_PER_INSERT,
        )
        Payment.objects.bulk_create(
            (
                Payment(invoice=invoice, amount=360, method="transfer", received_on=today)
                for n, invoice in enumerate(invoices)
                if n % 10 < PAID
            ),
            batch_size=ROWS_PER_INSERT,
        )
        # Last, for nothing of what is issued can be changed.
        step = Value(timedelta(days=DAYS) / number)
        ago = ExpressionWrapper(step * (invoices[-1].pk + 1 - F("pk")), DurationField())
        Invoice.objects.update(
            number=Concat(Value("2026-"), Cast("pk", CharField())),
            issued_at=Value(now, DateTimeField()) - ago,
            snapshot={"buyer": {"name": "Buyer", "email": "buyer@example.com", "lines": []}},
        )


if __name__ == "__main__":
    start("bench.books", fill, books)
