"""Money back to a card: written down, sent once, and known to have failed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from accounts.models import User
from invoices.exceptions import TooMuch
from invoices.models import PaymentAttempt, Refund
from invoices.payments import stripe_client
from invoices.payments.card import reconcile
from invoices.payments.jobs import send_refunds
from invoices.payments.refunds import ask_refund, fail_refund, send_refund
from invoices.tests.card_steps import PRICE, amounts, mails
from invoices.tests.fake_stripe import REFUSED, SILENT, FakeStripe
from invoices.tests.test_workshop_invoices import BooksBurnt, fail, listening
from mail.models import Mail

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


def ask(attempt: PaymentAttempt, amount: str = "20", **fields: Any) -> Refund:
    values: dict[str, Any] = {"reason": "Scratch", "actor": None, **fields}
    return ask_refund(attempt_id=attempt.pk, amount=Decimal(amount), **values)


def test_a_refund_is_written_down_before_it_is_sent(
    paid: PaymentAttempt, stripe: FakeStripe, sam: User
) -> None:
    refund = ask(paid, actor=sam)

    assert (refund.amount, refund.reason, refund.actor) == (Decimal(20), "Scratch", sam)
    assert not stripe.calls("refund")
    assert send_refund(refund)
    refund.refresh_from_db()
    assert (refund.state, refund.stripe_id) == ("sent", f"re_{refund.pk}")
    assert not stripe.calls("find_refund")
    assert not send_refund(refund)


@pytest.mark.parametrize("amount", ["0", "-1", "120.01"])
def test_no_more_goes_back_than_came(paid: PaymentAttempt, amount: str) -> None:
    with pytest.raises(TooMuch):
        ask(paid, amount)
    assert not Refund.objects.exists()


def test_all_of_it_may_go_back_and_no_more(paid: PaymentAttempt) -> None:
    ask(paid, "119.50")
    ask(paid, "0.50")

    with pytest.raises(TooMuch):
        ask(paid, "0.01")


def test_one_form_sent_twice_is_one_refund(paid: PaymentAttempt) -> None:
    first = ask(paid, idempotency_key="form 1")

    assert ask(paid, idempotency_key="form 1") == first
    assert first.idempotency_key == "form 1"
    assert ask(paid, idempotency_key="form 2") != first
    assert ask(paid).idempotency_key != ask(paid).idempotency_key


def test_a_refund_that_stripe_was_silent_about_rests_and_is_looked_for(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    refund = ask(paid)
    stripe.troubles["refund"] = [SILENT]
    assert not send_refund(refund)
    assert send_refunds() == 0

    # Its answer was lost, but it was made.
    stripe.refunds[refund.idempotency_key] = f"re_{refund.pk}"
    Refund.objects.update(tried_at=F("tried_at") - timedelta(minutes=3))
    assert send_refunds() == 1

    assert len(stripe.calls("refund")) == 1
    refund.refresh_from_db()
    assert (refund.state, refund.stripe_id) == ("sent", f"re_{refund.pk}")


def test_a_refund_that_failed_under_its_key_gets_another_key(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    refund = ask(paid)
    stripe.troubles["refund"] = [REFUSED, None]

    assert send_refund(refund)

    first, second = stripe.calls("refund")
    refund.refresh_from_db()
    assert first["key"] != second["key"] == refund.idempotency_key
    # What was just made is not looked for: Stripe may not list it yet.
    assert len(stripe.calls("find_refund")) == 1
    assert refund.state == "sent"


def test_a_refund_that_is_refused_twice_has_failed_and_is_told_of_once(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    refund = ask(paid)
    stripe.troubles["refund"] = [REFUSED, REFUSED]

    assert not send_refund(refund)
    refund.refresh_from_db()
    assert (refund.state, refund.stripe_id) == ("failed", "")
    assert not send_refund(refund)
    assert mails().count("refund_failed_shop") == 1


def test_what_failed_meanwhile_is_not_said_to_be_sent(
    paid: PaymentAttempt, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = ask(paid)

    def answer_late(**arguments: Any) -> str:
        fail_refund(refund)
        return stripe.refund(**arguments)

    monkeypatch.setattr(stripe_client, "refund", answer_late)

    assert not send_refund(refund)
    refund.refresh_from_db()
    assert refund.state == "failed"


def test_that_a_refund_failed_is_told_with_it_and_once(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    refund = ask(paid)
    with listening(fail, Mail), pytest.raises(BooksBurnt):
        fail_refund(refund)
    refund.refresh_from_db()
    assert refund.state == "pending"

    for _ in range(2):
        fail_refund(refund)
    assert mails().count("refund_failed_shop") == 1


def test_a_refund_that_no_bank_takes_has_failed(paid: PaymentAttempt, stripe: FakeStripe) -> None:
    lost, kept = ask(paid), ask(paid)
    assert send_refund(lost)
    assert send_refund(kept)
    twenty = Decimal(-20)
    names = {f"re_{lost.pk}": Decimal(0), f"re_{kept.pk}": twenty}
    stripe.pay(paid.session_id, "pi_1", pi_1=PRICE, **names)
    reconcile(paid)

    states = Refund.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "sent"]
    assert mails().count("refund_failed_shop") == 1
    assert amounts(paid.invoice) == [PRICE, twenty]


def test_silence_about_one_attempt_leaves_the_others_for_the_next_round(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    ask(paid)
    stripe.troubles["fetch"] = [SILENT]

    assert send_refunds() == 0
    assert Refund.objects.get().state == "sent"
