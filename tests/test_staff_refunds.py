"""Staff send money back to cards, with a Stripe that answers and one that does not."""

from decimal import Decimal
from time import monotonic

import pytest
from django.test import Client

from invoices.models import Invoice, Refund
from invoices.payments.card import reconcile, start_payment
from invoices.payments.jobs import send_refunds
from invoices.payments.refunds import ask_refund
from invoices.payments.stripe_client import client_for
from invoices.tests.admin_steps import (
    SITE,
    action,
    again,
    form_on_page,
    make_invoice,
    messages_in,
    send,
)
from tests.stripe_standin.driver import Standin

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(provider: Standin) -> Invoice:
    """120.00 by card."""
    invoice = make_invoice()
    attempt = start_payment(invoice_id=invoice.pk, site=SITE).attempt
    attempt.refresh_from_db()
    provider.pay(str(attempt.session_id))
    reconcile(attempt)
    return again(invoice)


def test_money_goes_back_to_the_card(
    admin_client: Client, provider: Standin, paid: Invoice
) -> None:
    answer = send(admin_client, paid, "refund", amount="20", reason="Scratch", again="on")

    assert messages_in(answer) == "€20.00 goes back to the card."
    assert again(paid).paid == Decimal(100)
    assert provider.net(paid.attempts.get().payment_intent) == Decimal(100)
    refund = Refund.objects.get()
    assert (refund.reason, refund.state) == ("Scratch", "sent")
    assert refund.actor is not None


def test_nobody_owes_again_what_went_back_unless_staff_say_so(
    admin_client: Client, provider: Standin, paid: Invoice
) -> None:
    answer = send(admin_client, paid, "refund", amount="20", reason="Scratch")

    assert "issue a credit note first" in str(answer.context["forms"]["refund"].errors["again"])
    assert again(paid).balance == 0
    assert not Refund.objects.exists()


def test_two_clicks_send_it_once(admin_client: Client, provider: Standin, paid: Invoice) -> None:
    data = form_on_page(admin_client, paid, "refund")
    data |= {"refund-amount": "20", "refund-reason": "Scratch", "refund-again": "on"}
    data["refund-attempt"] = paid.attempts.get().pk
    for _click in range(2):
        answer = admin_client.post(action(paid, "refund"), data, follow=True)

    assert messages_in(answer) == "€20.00 goes back to the card."
    assert again(paid).paid == Decimal(100)


def test_an_old_page_sends_nothing(admin_client: Client, paid: Invoice) -> None:
    old = form_on_page(admin_client, paid, "refund") | {"refund-reason": "Scratch"}
    old["refund-attempt"] = paid.attempts.get().pk
    send(admin_client, paid, "refund", amount="20", reason="Scratch", again="on")
    answer = admin_client.post(action(paid, "refund"), old | {"refund-amount": "30"})

    assert "something else has happened" in messages_in(answer)
    assert again(paid).paid == Decimal(100)


def test_what_stripe_does_not_hear_the_timer_says_again(
    admin_client: Client, provider: Standin, paid: Invoice
) -> None:
    provider.fail("/v1/refunds", "reset_before", method="POST", probability=1)
    answer = send(admin_client, paid, "refund", amount="20", reason="Scratch", again="on")

    assert "the timer asks again by itself" in messages_in(answer)
    assert Refund.objects.get().state == Refund.State.PENDING
    assert again(paid).paid == Decimal(120)

    provider.faults()
    Refund.objects.update(tried_at=None)
    assert send_refunds() == 1
    assert again(paid).paid == Decimal(100)


def test_a_request_waits_for_a_stripe_that_hangs_for_so_long_only(
    admin_client: Client, provider: Standin, paid: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.payments.stripe_client.TIMEOUT", (0.1, 1))
    monkeypatch.setattr("invoices.payments.middleware.SECONDS_FOR_STRIPE", 3)
    monkeypatch.setattr("invoices.payments.stripe_client.client_for", client_for.__wrapped__)
    for _refund in range(3):
        ask_refund(attempt_id=paid.attempts.get().pk, amount=Decimal(5), reason="", actor=None)
    provider.fail("/v1/refunds", "hang", method="POST", probability=1, seconds=3)
    begun = monotonic()
    answer = send(admin_client, paid, "refund", amount="20", reason="Scratch", again="on")

    # Eight calls without it, of a second each.
    assert monotonic() - begun < 7
    assert "the timer asks again by itself" in messages_in(answer)


def test_no_more_goes_back_than_came(admin_client: Client, paid: Invoice) -> None:
    answer = send(admin_client, paid, "refund", amount="120.01", reason="Scratch", again="on")

    assert "At most €120.00" in str(answer.context["forms"]["refund"].errors["amount"])
    assert not Refund.objects.exists()


def test_no_money_of_other_invoices_is_sent(admin_client: Client, paid: Invoice) -> None:
    other = make_invoice()
    data = form_on_page(admin_client, paid, "refund") | {"refund-reason": "Mine"}
    data["refund-attempt"] = paid.attempts.get().pk
    answer = admin_client.post(action(other, "refund"), data)

    assert "attempt" in answer.context["forms"]["refund"].errors
    assert not Refund.objects.exists()


def test_a_credit_note_sends_the_money_with_it(
    admin_client: Client, provider: Standin, paid: Invoice
) -> None:
    line = f"credit-line{paid.lines.get().pk}"
    data = {"credit-version": "", "credit-extent": "parts", line: "20", "credit-reason": "Scratch"}
    form = admin_client.get(action(paid, "credit")).context["form"]
    data |= {"credit-version": form["version"].value(), "credit-to_card": "on"}
    look = admin_client.post(action(paid, "credit"), data).content.decode()
    assert "Goes back to the card" in look
    assert 'value="True"' in look

    answer = admin_client.post(
        action(paid, "credit"), data | {"credit-to_card": "True", "confirmed": "yes"}, follow=True
    )

    assert "€20.00 goes back to the card." in messages_in(answer)
    invoice = again(paid)
    assert (invoice.paid, invoice.balance) == (Decimal(100), Decimal(0))
    assert provider.net(paid.attempts.get().payment_intent) == Decimal(100)
