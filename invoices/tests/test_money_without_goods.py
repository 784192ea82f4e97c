from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice, Payment
from invoices.payments.ledger import Received, record_payment
from store.models import Item, Order
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(clock: Item) -> Invoice:
    """A cancelled order for which money came in."""
    invoice = bill_order(make_order(clock))
    Order.objects.update(state=Order.State.CANCELLED)
    record_payment(
        invoice_id=invoice.pk,
        received=Received(Decimal("120.00"), Payment.Method.TRANSFER, date(2026, 11, 24)),
        actor=None,
    )
    return invoice


@pytest.fixture
def paid_order() -> Callable[[str], Invoice]:
    """Make an invoice of 120.00, issued, for which so much came in."""

    def make(amount: str) -> Invoice:
        slug = f"thing-{Invoice.objects.count()}"
        invoice = issue(invoice_id=bill_order(make_order(make_item(slug=slug))).pk)
        received = Received(Decimal(amount), Payment.Method.CASH, timezone.localdate())
        record_payment(invoice_id=invoice.pk, received=received, actor=None)
        return invoice

    return make


def seen(client: Client, staff: User, address: str) -> str:
    client.force_login(staff)
    return client.get(address).content.decode()


def test_the_front_page_leads_to_money_without_goods(
    client: Client, sam: User, kept: Invoice
) -> None:
    other = bill_order(make_order(make_item(slug="vase")))

    front = seen(client, sam, "/admin/")
    assert "order or ticket has more money than is to be paid" in front
    address = reverse("admin:invoices_without-goods") + "?show=goods"
    assert f'href="{address}"' in front
    listed = seen(client, sam, address)
    assert f"invoice/{kept.pk}/" in listed
    assert f"invoice/{other.pk}/" not in listed


def test_the_front_page_is_quiet_when_all_is_well(client: Client, sam: User) -> None:
    assert "more money than" not in seen(client, sam, "/admin/")


def test_who_may_not_change_invoices_is_not_told(client: Client, wren: User, kept: Invoice) -> None:
    assert "more money than" not in seen(client, wren, "/admin/")


def test_the_front_page_names_overdue_invoices(client: Client, sam: User, clock: Item) -> None:
    invoice = bill_order(make_order(clock))
    issue(invoice_id=invoice.pk)
    assert "overdue" not in seen(client, sam, "/admin/")

    # What is issued cannot be made older: another one is written as if it were.
    late = bill_order(make_order(make_item(slug="vase")))
    week_ago = timezone.localdate() - timedelta(days=7)
    Invoice.objects.filter(pk=late.pk).update(
        number="2020-0001", issued_at=timezone.now(), due_on=week_ago
    )

    assert "<span>invoice is overdue</span>" in seen(client, sam, "/admin/")


def test_what_a_credit_note_takes_back_has_to_go_back(clock: Item) -> None:
    invoice = issue(invoice_id=bill_order(make_order(clock)).pk)
    record_payment(
        invoice_id=invoice.pk,
        received=Received(Decimal("120.00"), Payment.Method.CASH, timezone.localdate()),
        actor=None,
    )
    assert not Invoice.objects.money_without_goods().exists()

    credit(invoice_id=invoice.pk, reason="Sent back.", actor=None)

    assert Invoice.objects.money_without_goods().get() == invoice


def test_the_few_that_are_computed_are_all_there_are(
    clock: Item, kept: Invoice, paid_order: Callable[[str], Invoice]
) -> None:
    """Each kind of which more may have come in than is payable, and each that is just right."""
    paid_order("120.00")
    paid_order("119.99")
    beyond = [paid_order("120.01")]
    credited = paid_order("120.00")
    note = credit(invoice_id=credited.pk, reason="Sent back.", actor=None)
    Payment.objects.create(invoice=note, amount=1, method="cash", received_on=timezone.localdate())
    beyond += [kept, credited, note]

    found = Invoice.objects.money_without_goods()

    assert {*found} == {*beyond}
    assert {*found} == {each for each in Invoice.objects.all() if each.balance < 0}


def test_an_unpaid_invoice_owes_the_same_whichever_way_it_is_asked(
    paid_order: Callable[[str], Invoice],
) -> None:
    open_, _paid = paid_order("100.00"), paid_order("120.00")

    assert Invoice.objects.unpaid().get() == open_
    assert {*Invoice.objects.unpaid()} == {*Invoice.objects.issued().owing()}
