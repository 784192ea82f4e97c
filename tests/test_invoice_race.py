"""Numbers, payments and answers of Stripe when many come at once."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

import invoices.documents.issuing
import invoices.orders.jobs
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import Kind, TakenNumber, issue
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice, Payment, PaymentAttempt
from invoices.orders.jobs import remind_unpaid_orders
from invoices.payments.card import reconcile, start_payment, write_facts
from invoices.payments.ledger import Received, record_payment
from invoices.payments.stripe_client import Facts
from mail.models import Mail
from store.models import Order
from store.tests.factories import make_item, make_order
from tests.crowd import at_once, meeting
from tests.stripe_standin.driver import Standin

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
SIZE = 12


def drafts() -> list[Invoice]:
    return [bill_order(make_order(make_item(slug=f"thing-{number}"))) for number in range(SIZE)]


def issue_all(start: Callable[..., object] = at_once) -> list[str]:
    """Issue so many drafts at the same moment; return the numbers that they have now."""
    start([partial(issue, invoice_id=draft.pk) for draft in drafts()])
    numbers = Invoice.objects.issued().values_list("number", flat=True)
    return [str(number)[-4:] for number in numbers]


@pytest.mark.on_both
def test_numbers_have_no_gap_and_no_double() -> None:
    assert sorted(issue_all()) == [f"{number:04}" for number in range(1, SIZE + 1)]


# SQLite lets one transaction write at a time: there, this cannot fail.
def test_control_the_next_after_the_highest_is_taken_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(invoices.documents.issuing, "take_number", next_after_the_highest)

    all_have_looked = partial(meeting, 'UPDATE "invoices_invoice"')
    assert issue_all(all_have_looked) == ["0001"]


def next_after_the_highest(prefix: str) -> TakenNumber:
    taken = Invoice.objects.issued().count()
    now = Invoice.objects.aggregate(now=Max("created_at"))["now"]
    return TakenNumber(f"{prefix}2026-{taken + 1:04}", now)


def pay_at_once(pay: Callable[[int], object]) -> Decimal:
    """Press the same button many times; return what the books say was paid."""
    invoice = drafts()[0]
    at_once([partial(pay, invoice.pk)] * SIZE)
    return Invoice.objects.get(pk=invoice.pk).paid


@pytest.mark.on_both
def test_a_form_sent_many_times_records_one_payment() -> None:
    def pay(invoice_id: int) -> None:
        record(invoice_id, idempotency_key="form 1")

    assert pay_at_once(pay) == Decimal("120.00")
    assert Order.objects.filter(paid_at__isnull=False).count() == 1


def test_control_without_its_name_each_counts() -> None:
    assert pay_at_once(partial(record, idempotency_key=None)) > Decimal("120.00")


def record(invoice_id: int, *, idempotency_key: str | None) -> Payment:
    return record_payment(
        invoice_id=invoice_id,
        received=Received(
            Decimal("120.00"),
            Payment.Method.CASH,
            date(2026, 11, 24),
            idempotency_key=idempotency_key,
        ),
        actor=None,
    )


def reminders(start: Callable[..., object] = at_once) -> int:
    """Let some timers remind of the same orders at the same moment; return how many mails go."""
    drafts()
    Order.objects.update(
        placed_at=Now() - timedelta(days=6), payment_due_at=Now() + timedelta(days=1)
    )
    start([remind_unpaid_orders] * 4)
    return Mail.objects.filter(event="invoices.remind").count()


@pytest.mark.on_both
def test_many_timers_remind_once() -> None:
    assert reminders() == SIZE


def test_control_who_looks_and_then_reminds_does_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoices.orders.jobs, "remind_order", look_then_remind)

    all_have_looked = partial(meeting, "INSERT INTO")
    assert reminders(all_have_looked) > SIZE


def look_then_remind(order_id: int) -> bool:
    invoice = Invoice.objects.get(order=order_id)
    if invoice.events.filter(kind="reminded").exists():
        return False
    notify_about_order(order_id, "remind", invoice.site)
    invoice.record_event(Kind.REMINDED, None)
    return True


@pytest.fixture
def attempt(provider: Standin) -> PaymentAttempt:
    """Paid at Stripe, and not settled yet."""
    invoice = bill_order(make_order(make_item()))
    attempt = start_payment(invoice_id=invoice.pk, site="http://testserver").attempt
    attempt.refresh_from_db()
    provider.pay(attempt.session_id or "")
    return attempt


@pytest.mark.on_both
def test_an_answer_from_before_a_change_is_thrown_away(
    attempt: PaymentAttempt, provider: Standin
) -> None:
    before = attempt.version
    reconcile(attempt)
    old = Facts("complete", True, attempt.payment_intent, "", {attempt.payment_intent: Decimal(0)})

    assert not write_facts(attempt_id=attempt.pk, version=before, facts=old, event=None)
    assert attempt.booked() == Decimal("120.00")


def test_control_taken_for_new_it_would_undo_the_payment(attempt: PaymentAttempt) -> None:
    reconcile(attempt)
    old = Facts("complete", True, attempt.payment_intent, "", {attempt.payment_intent: Decimal(0)})

    assert write_facts(attempt_id=attempt.pk, version=attempt.version, facts=old, event=None)
    assert attempt.booked() == 0


def test_what_fails_after_its_number_leaves_no_gap() -> None:
    first, second, *_others = drafts()
    with transaction.atomic():
        issue(invoice_id=first.pk)
        transaction.set_rollback(True)

    assert str(issue(invoice_id=second.pk).number).endswith("0001")
