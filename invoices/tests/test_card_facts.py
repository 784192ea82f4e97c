"""What follows from what Stripe says of a payment, and from events that say whom to ask about."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.exceptions import PaymentUnavailable
from invoices.models import Invoice, InvoiceEvent, Payment, PaymentAttempt, Refund, StripeEvent
from invoices.payments import card
from invoices.payments.card import act_on, open_attempt, reconcile, start_payment
from invoices.payments.ledger import record_payment
from invoices.payments.stripe_client import Facts, SignedEvent
from invoices.tests.card_steps import PRICE, SITE, State, amounts, mails, received
from invoices.tests.fake_stripe import FakeStripe
from mail.models import Mail
from repairs_restorals.tests.factories import make_ticket
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


# --- What Stripe says ---------------------------------------------------------


def test_what_is_paid_is_sold_issued_and_confirmed_once(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    reconcile(paid)

    order, payment = Order.objects.get(), Payment.objects.get()
    invoice = Invoice.objects.get()
    assert order.paid_at
    assert (payment.amount, payment.method, payment.reference) == (PRICE, "card", "pi_1")
    assert (payment.attempt, payment.actor) == (paid, None)
    assert payment.received_on == timezone.localdate()
    assert invoice.number
    assert (paid.state, paid.payment_intent, paid.version) == (State.PAID, "pi_1", 2)
    assert mails() == ["placed", "placed_shop"]
    [event] = InvoiceEvent.objects.filter(kind="paid")
    assert event.note == "€120.00, pi_1"


def test_work_is_paid_by_card_as_well(stripe: FakeStripe, alice: User) -> None:
    draft = Invoice.objects.get(ticket=make_ticket(alice))
    draft.lines.create(description="Glue", price=PRICE, tax_rate=19)

    attempt = start_payment(invoice_id=issue(invoice_id=draft.pk).pk, site=SITE).attempt

    assert (attempt.amount, attempt.invoice_id) == (PRICE, draft.pk)


def test_an_open_page_changes_nothing(attempt: PaymentAttempt, stripe: FakeStripe) -> None:
    other = open_attempt(invoice_id=bill_order(make_order(make_item())).pk, site=SITE)
    PaymentAttempt.objects.update(checked_at=F("checked_at") - timedelta(hours=1))
    reconcile(attempt)

    assert (attempt.state, attempt.version) == (State.OPEN, 1)
    assert timezone.now() - attempt.checked_at < timedelta(minutes=1)
    other.refresh_from_db()
    assert timezone.now() - other.checked_at > timedelta(minutes=59)
    assert mails() == []


def test_an_expired_page_is_over(attempt: PaymentAttempt, stripe: FakeStripe) -> None:
    reconcile(attempt, close=True)

    assert (attempt.state, attempt.version) == (State.EXPIRED, 2)
    assert len(stripe.calls("fetch")) == 2


def test_money_of_another_currency_is_not_booked(
    attempt: PaymentAttempt, stripe: FakeStripe, caplog: pytest.LogCaptureFixture
) -> None:
    stripe.currency = "HUF"
    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)

    with pytest.raises(PaymentUnavailable):
        reconcile(attempt)

    assert "was paid in HUF" in caplog.text
    assert (amounts(attempt.invoice), mails()) == ([], [])


def test_what_is_paid_stays_paid_whatever_stripe_says(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    stripe.facts[str(paid.session_id)] = Facts("expired", paid=False)
    reconcile(paid)

    assert (paid.state, paid.payment_intent) == (State.PAID, "pi_1")


def test_an_answer_that_is_out_of_date_is_asked_for_again(
    attempt: PaymentAttempt, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed_meanwhile(session_id: str) -> Facts:
        if not stripe.calls("fetch"):
            PaymentAttempt.objects.update(version=F("version") + 1)
        return FakeStripe.fetch(stripe, session_id)

    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)
    monkeypatch.setattr("invoices.payments.stripe_client.fetch", changed_meanwhile)
    reconcile(attempt)

    assert len(stripe.calls("fetch")) == 2
    assert attempt.state == State.PAID


def test_it_is_not_asked_for_for_ever(
    attempt: PaymentAttempt, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "write_facts", lambda **_: False)

    with pytest.raises(PaymentUnavailable):
        reconcile(attempt)
    assert len(stripe.calls("fetch")) == 5


def test_what_went_back_sends_no_more_after_it(paid: PaymentAttempt, stripe: FakeStripe) -> None:
    reconcile(paid)
    record_payment(invoice_id=paid.invoice_id, received=received("50"), actor=None)
    stripe.pay(paid.session_id, "pi_1", re_9=Decimal(-20), pi_1=PRICE)
    reconcile(paid)

    # Staff have given €20 of the €50 too much back in Stripe's own pages, and see to the rest.
    assert amounts(paid.invoice) == [120, 50, -20]
    assert not Refund.objects.exists()


def test_a_euro_too_much_goes_back_to_the_card(attempt: PaymentAttempt, stripe: FakeStripe) -> None:
    record_payment(invoice_id=attempt.invoice_id, received=received("120"), actor=None)
    stripe.pay(attempt.session_id, "pi_1", pi_1=Decimal(1))
    reconcile(attempt)

    assert Refund.objects.get().amount == 1


def test_each_reference_is_booked_to_what_stripe_says(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    stripe.pay(paid.session_id, "pi_1", re_9=Decimal(-20), dp_9=Decimal(-100), pi_1=PRICE)
    reconcile(paid)
    reconcile(paid)

    invoice = paid.invoice
    assert amounts(invoice) == [120, -20, -100]
    notes = InvoiceEvent.objects.filter(kind="refunded").values_list("note", flat=True)
    assert sorted(notes) == ["€100.00, by the dispute dp_9", "€20.00, re_9"]
    assert mails()[2:] == ["refund", "dispute_shop"]
    told = Mail.objects.latest("pk").text
    assert "€100.00" in told
    assert "−" not in told

    stripe.pay(paid.session_id, "pi_1", re_9=Decimal(0), dp_9=Decimal(0), pi_1=PRICE)
    reconcile(paid)
    assert sum(amounts(invoice)) == PRICE
    assert len(mails()) == 4


def test_what_was_paid_in_full_is_sold_first_whatever_went_back(
    attempt: PaymentAttempt, stripe: FakeStripe
) -> None:
    stripe.pay(attempt.session_id, "pi_1", ch_0=Decimal(-120), pi_1=PRICE)
    reconcile(attempt)

    assert amounts(attempt.invoice) == [120, -120]
    assert Order.objects.get().paid_at


# --- Money that nobody asked for ----------------------------------------------


def test_what_comes_for_a_cancelled_order_goes_back(
    attempt: PaymentAttempt, stripe: FakeStripe
) -> None:
    Order.objects.update(state=Order.State.CANCELLED)
    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)
    reconcile(attempt)

    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.state) == (PRICE, "cancelled", "sent")
    assert stripe.calls("refund") == [
        {
            "key": refund.idempotency_key,
            "payment_intent": "pi_1",
            "amount": PRICE,
            "currency": "EUR",
            "attempt_id": attempt.pk,
            "refund_id": refund.pk,
        }
    ]
    assert "refund_shop" in mails()
    assert "payment" not in mails()


def test_of_what_was_paid_already_only_the_excess_goes_back(
    attempt: PaymentAttempt, stripe: FakeStripe
) -> None:
    record_payment(invoice_id=attempt.invoice_id, received=received("50"), actor=None)
    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)
    reconcile(attempt)

    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (Decimal(50), "paid already")


def test_what_fits_stays(paid: PaymentAttempt) -> None:
    assert not Refund.objects.exists()


# --- Events -------------------------------------------------------------------


@pytest.mark.parametrize("about", ["session_id", "payment_intent", "attempt_id"])
def test_an_event_finds_its_attempt(paid: PaymentAttempt, stripe: FakeStripe, about: str) -> None:
    names = {
        "session_id": str(paid.session_id),
        "payment_intent": "pi_1",
        "attempt_id": str(paid.pk),
    }
    event = SignedEvent("evt_1", "charge.refunded", **{about: names[about]})

    assert act_on(event) == paid
    asked = len(stripe.calls("fetch"))
    assert act_on(event) == paid
    assert len(stripe.calls("fetch")) == asked
    kept = StripeEvent.objects.get()
    assert (kept.id, kept.type, kept.attempt) == ("evt_1", "charge.refunded", paid)


@pytest.mark.parametrize("attempt_id", ["", "x", "0", "9" * 18, "9" * 19, "٣"])
def test_an_event_about_nothing_of_ours_is_kept(
    paid: PaymentAttempt, stripe: FakeStripe, attempt_id: str
) -> None:
    stripe.asked.clear()
    event = SignedEvent("evt_1", "t", "cs_of_others", "pi_of_others", attempt_id)

    StripeEvent.objects.create(id="evt_0", type="t", attempt=paid)

    assert act_on(event) is None
    kept = StripeEvent.objects.get(pk="evt_1")
    assert (kept.attempt, kept.type) == (None, "t")
    assert stripe.asked == []
