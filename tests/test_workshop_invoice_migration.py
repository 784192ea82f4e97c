"""The books learn of tickets, and can forget them again while nothing is issued."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from invoices.documents.drafts import open_missing_invoices
from invoices.documents.issuing import issue
from invoices.models import Invoice
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
BEFORE = [("invoices", "0002_staff_permissions")]


def migrate_forth() -> None:
    """To the newest of all apps: going back has taken those that build on it along."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def forth_again() -> Iterator[None]:
    yield
    migrate_forth()


def bill_a_ticket() -> None:
    quote = make_quote(make_ticket(), "75.50")
    send_quote(quote_id=quote.pk, actor=quote.ticket.customer, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=quote.Via.LINK, site=SITE)


@pytest.mark.usefixtures("forth_again")
def test_drafts_go_back_and_come_again() -> None:
    bill_a_ticket()

    MigrationExecutor(connection).migrate(BEFORE)
    migrate_forth()
    assert not Invoice.objects.exists()

    [invoice] = open_missing_invoices()
    assert str(invoice.total) == "75.50"


@pytest.mark.on_both
@pytest.mark.parametrize("name", ["0004_way_back_of_workshop_invoices", "0007_fill_drafts"])
def test_there_is_no_way_back_from_an_issued_invoice(name: str) -> None:
    """Each of the two refuses by itself, whatever is taken back before it."""
    bill_a_ticket()
    issue(invoice_id=Invoice.objects.get().pk)
    executor = MigrationExecutor(connection)
    before = executor.loader.project_state(("invoices", name), at_end=False)

    with pytest.raises(RuntimeError, match="issued"):
        executor.unapply_migration(before, executor.loader.get_migration("invoices", name))

    assert str(Invoice.objects.get().total) == "75.50"
