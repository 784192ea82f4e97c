"""Nobody is billed more for work than they have allowed or accepted; the database sees to it."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.models import User
from invoices.documents.drafts import write_lines
from invoices.documents.issuing import issue
from invoices.exceptions import AboveCap
from invoices.locking import lock_invoice
from invoices.models import Invoice, InvoiceLine
from invoices.tests.test_workshop_invoices import accepted
from repairs_restorals.quote_services import go_ahead
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]


def bill(amount: str) -> Invoice:
    """Let the one draft there is ask for so much."""
    invoice = lock_invoice(Invoice.objects.get().pk)
    line = InvoiceLine(description="Work", price=Decimal(amount), tax_rate=Decimal(19))
    write_lines(invoice, [line])
    return invoice


@pytest.mark.parametrize(
    ("limit", "quoted", "asked", "passes"),
    [
        (None, "100", "100", True),
        (None, "100", "100.01", False),
        (60, "100", "100.01", False),
        (130, "100", "130", True),
        (130, "100", "130.01", False),
        (60, None, "60.01", False),
        (None, None, "500", True),
    ],
)
def test_an_invoice_stays_below_the_higher_of_limit_and_quote(
    alice: User, wren: User, limit: int | None, quoted: str | None, asked: str, passes: bool
) -> None:
    ticket = make_ticket(alice, go_ahead_limit=limit)
    if quoted:
        accepted(ticket, wren, quoted)
    invoice = bill(asked)

    if passes:
        assert issue(invoice_id=invoice.pk).number
        return
    with pytest.raises(AboveCap):
        issue(invoice_id=invoice.pk)
    assert Invoice.objects.get().is_draft


@pytest.mark.postgresql
def test_the_database_refuses_it_whoever_asks(alice: User, wren: User) -> None:
    # Each line is rounded: they come to 40.00.
    ticket = make_ticket(alice, go_ahead_limit=30)
    accepted(ticket, wren, "19.995", "20.004")
    draft = Invoice.objects.filter(ticket=ticket)

    with pytest.raises(IntegrityError, match="allowed or accepted"), transaction.atomic():
        draft.update(total=Decimal("40.01"), number="X1", issued_at=Now())
    draft.update(total=Decimal("40.00"), number="X1", issued_at=Now())


@pytest.mark.postgresql
def test_the_database_keeps_to_the_limit_where_it_is_higher(alice: User, wren: User) -> None:
    ticket = make_ticket(alice, go_ahead_limit=60)
    go_ahead(quote_id=make_quote(ticket, "50").pk, actor=wren, site=SITE)
    draft = Invoice.objects.filter(ticket=ticket)

    with pytest.raises(IntegrityError, match="allowed or accepted"), transaction.atomic():
        draft.update(total=Decimal("60.01"), number="X1", issued_at=Now())
    draft.update(total=Decimal("60.00"), number="X1", issued_at=Now())
