"""Pages of store and workshop know neither books nor bag: what is said of them comes from above."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.db.models.fields.related_descriptors import ReverseOneToOneDescriptor
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice, Payment
from invoices.payments.ledger import Received, record_payment
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.models.stages import DEPOSIT, STAGES
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.board_steps import BOARD, page_of
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from repairs_restorals.tests.test_stages import assert_said_everywhere
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
CUSTOMER, STAFF = "alice@example.com", "mo@example.com"
READ = re.compile(r'(FROM|JOIN) "invoices_')


def agreed(customer: User, staff: User, **fields: Any) -> Quote:
    """A ticket whose quote of 60.00, with a deposit of 20.00, is accepted."""
    quote = make_quote(make_ticket(customer, **fields), deposit=Decimal(20))
    send_quote(quote_id=quote.pk, actor=staff, site=SITE)
    return decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.STAFF, site=SITE)


def billed(**fields: Any) -> Order:
    """An order of a customer, with its invoice."""
    order = make_order(make_item(title="Vase"), **fields)
    bill_order(order, site=SITE)
    return order


@pytest.fixture
def pages(alice: User, wren: User) -> dict[str, str]:
    make_staff(STAFF, group=MANAGERS)
    quote = agreed(alice, wren)
    ticket = quote.ticket
    agreed(alice, wren)
    agreed(alice, wren)
    make_ticket(alice, status=Status.COLLECTED)
    make_ticket(alice, status=Status.CANCELLED)
    by_card, paid = billed(payment_method="card", customer=alice), billed(paid=True, customer=alice)
    issue(invoice_id=Invoice.objects.get(order=paid).pk)
    return {
        "ticket": ticket.get_absolute_url(),
        "status": reverse("repairs:status", args=[ticket.status_secret]),
        "tickets": reverse("repairs:ticket-list"),
        "quote": quote.get_absolute_url(),
        "workshop": reverse("repairs:workshop"),
        "order by card": by_card.get_absolute_url(),
        "order paid": paid.get_absolute_url(),
        "orders": reverse("store:order-list"),
        "front": reverse("store:front"),
        "list": reverse("store:list"),
        "item": make_item(title="Jug").get_absolute_url(),
        "board": BOARD,
        "whole board": f"{BOARD}?state=any",
        "ticket of staff": page_of(ticket),
        "tasks": reverse("admin:repairs_restorals_task_changelist"),
        "items": reverse("admin:store_item_changelist"),
        "pieces": reverse("admin:store_piece_changelist"),
        "piece": reverse("admin:store_piece_change", args=[by_card.pieces.get().pk]),
        "holds": reverse("admin:bag_hold_changelist"),
    }


def get(client: Client, address: str) -> Any:
    client.force_login(User.objects.get(email=STAFF if "/admin/" in address else CUSTOMER))
    return client.get(address)


class BookRead(Exception):
    """A page has read the books, which stand above it."""


class Reads(NamedTuple):
    """What was read of the books: by name, whether or not a template forgave it, and by query."""

    names: list[str]
    queries: CaptureQueriesContext

    @property
    def found(self) -> list[str]:
        queries = [query["sql"] for query in self.queries.captured_queries]
        return [*self.names, *filter(READ.search, queries)]


@pytest.fixture
def reads(pages: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Reads]:
    """Nobody has registered, and `order.invoice` and `ticket.invoice` raise."""
    names: list[str] = []

    class Refusing(ReverseOneToOneDescriptor):
        def __get__(self, instance: Any, cls: Any = None) -> Any:
            if instance is None:
                return self
            names.append(f"{type(instance).__name__}.invoice")
            raise BookRead

    monkeypatch.setattr("store.panels.PANELS", {})
    monkeypatch.setattr("store.panels.BILLERS", {})
    for model in (Order, ServiceTicket):
        monkeypatch.setattr(model, "invoice", Refusing(model._meta.get_field("invoice")))  # type: ignore[arg-type]
    with CaptureQueriesContext(connection) as queries:
        yield Reads(names, queries)


def test_pages_below_answer_without_the_books(
    client: Client, pages: dict[str, str], reads: Reads
) -> None:
    answers = {name: get(client, address).status_code for name, address in pages.items()}

    assert answers == dict.fromkeys(pages, 200)
    assert reads.found == []


def test_control_reading_the_books_by_name_is_found(pages: dict[str, str], reads: Reads) -> None:
    ticket = ServiceTicket.objects.filter(quotes__isnull=False)[0]
    template = Template("{% if not ticket.invoice.total %}free{% endif %}")

    assert template.render(Context({"ticket": ticket})) == ""
    assert reads.found == ["ServiceTicket.invoice"]


@pytest.mark.parametrize("model", [Order, ServiceTicket])
def test_control_reading_the_books_in_a_query_is_found(
    pages: dict[str, str], reads: Reads, model: Any
) -> None:
    list(model.objects.filter(invoice__number=None))
    list(model.objects.select_related("invoice"))

    assert len(reads.found) == 2


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("ticket", "Deposit due now: €20.00."),
        ("status", "Deposit due now: €20.00."),
        ("tickets", "Deposit due now: €20.00"),
        ("quote", "Deposit due now: €20.00."),
        ("item", "Put it in the bag"),
        ("order by card", "Pay by card now"),
        ("order paid", ">Invoice 20"),
        ("board", "deposit due: €20.00"),
        ("ticket of staff", "deposit due: €20.00"),
    ],
)
def test_what_the_books_say_stands_in_its_place(
    client: Client, pages: dict[str, str], page: str, words: str
) -> None:
    assert words in get(client, pages[page]).content.decode()


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        *[("ticket", 12), ("status", 12), ("tickets", 10), ("quote", 8), ("order by card", 10)],
        *[("orders", 8), ("board", 9), ("ticket of staff", 19)],
    ],
)
def test_bills_are_fetched_together(
    client: Client,
    pages: dict[str, str],
    page: str,
    queries: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    get(client, pages[page])
    with django_assert_max_num_queries(queries):
        assert client.get(pages[page]).status_code == 200


def test_a_deposit_is_waited_for_until_it_is_paid(client: Client, alice: User, wren: User) -> None:
    ticket = agreed(alice, wren, title="Zither", description="Hums.").ticket
    assert_said_everywhere(client, alice, wren, ticket, DEPOSIT)

    invoice = Invoice.objects.get(ticket=ticket)
    record_payment(
        invoice_id=invoice.pk,
        received=Received(Decimal(20), Payment.Method.CASH, timezone.localdate()),
        actor=wren,
    )
    ticket = ServiceTicket.objects.get(pk=ticket.pk)
    assert_said_everywhere(client, alice, wren, ticket, STAGES[Status.APPROVED])
