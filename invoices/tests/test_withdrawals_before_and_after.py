"""A withdrawal before an order is confirmed, and once more after the first one is over."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from invoices.exceptions import NothingToPay
from invoices.models import Withdrawal
from invoices.orders.confirming import confirm_order
from invoices.orders.transitions import cancel_order
from invoices.orders.undoing import slip_of, undo
from invoices.payments.ledger import record_payment
from invoices.tests.admin_steps import make_invoice
from invoices.tests.card_steps import received
from invoices.tests.test_unpaid import order as place
from invoices.tests.test_withdrawals_carried_out import link, mails, paid_order, went_out
from invoices.tests.test_withdrawing import withdraw
from invoices.withdrawals.acting import carry_out_withdrawals, close
from invoices.withdrawals.standing import Standing, standing_of
from store.models import Order, Piece

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]


def test_after_staff_have_undone_it_the_same_counts_again(client: Client, sam: User) -> None:
    order = make_invoice(issued=False).order or Order()
    first = withdraw(client, link(order))
    assert withdraw(client, link(order)) == first
    slip = slip_of(Order.objects.get())
    undo(order_id=order.pk, event_id=slip.pk if slip else 0, actor=sam)
    assert Order.objects.get().state == Order.State.OPEN

    assert withdraw(client, link(order)) != first
    assert Order.objects.get().state == Order.State.CANCELLED
    assert len(mails("invoices.withdrawn")) == 2


def test_what_its_customer_gave_up_is_not_taken_up_while_money_has_to_go_back(
    client: Client, sam: User
) -> None:
    draft = make_invoice(issued=False)
    record_payment(invoice_id=draft.pk, received=received("5"), actor=sam)
    withdrawal = withdraw(client, link(draft.order or Order()))

    assert standing_of(withdrawal) == Standing.TO_REFUND
    assert Order.objects.get().state == Order.State.CANCELLED
    assert slip_of(Order.objects.get()) is None


def test_what_was_answered_with_no_may_be_declared_again(client: Client, sam: User) -> None:
    order = went_out(paid_order())
    first = withdraw(client, link(order))
    close(first, Withdrawal.Answer.STRANGER, sam)

    assert withdraw(client, link(order)) != first


def unconfirmed_order(client: Client, settings: Any) -> Order:
    settings.CONFIRM_MINUTES = 60
    place(client, pieces=2)
    order = Order.objects.get()
    assert order.is_unconfirmed
    return order


def test_an_order_that_nobody_has_confirmed_is_given_up(client: Client, settings: Any) -> None:
    order = unconfirmed_order(client, settings)
    every = [line.pk for line in order.lines.all()]
    declared = withdraw(client, f"/withdraw/?contract={order}", lines=every)

    assert Order.objects.get().stage == "cancelled"
    assert Piece.objects.available().count() == 2
    declared.refresh_from_db()
    assert declared.answer == Withdrawal.Answer.DONE


def test_before_it_is_confirmed_its_page_only_cancels_it(client: Client, settings: Any) -> None:
    order = unconfirmed_order(client, settings)

    def offers() -> tuple[bool, bool]:
        page = client.get(order.get_absolute_url()).text
        ways = [f"/withdraw/{order.link}/", "Cancel the order"]
        return tuple(way in page for way in ways)  # type: ignore[return-value]

    assert offers() == (False, True)
    confirm_order(order_id=order.pk)
    assert offers()[0]


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_part_of_what_nobody_has_confirmed_waits_for_that(
    client: Client, settings: Any, *, is_confirmed: bool
) -> None:
    order = unconfirmed_order(client, settings)
    first, second = order.lines.all()
    declared = withdraw(client, f"/withdraw/?contract={order}", lines=[first.pk])
    assert "If you confirm it, we take these things off it then." in mails("invoices.withdrawn")[0]
    assert carry_out_withdrawals() == 0

    if is_confirmed:
        confirm_order(order_id=order.pk)
    else:
        cancel_order(order_id=order.pk, actor=None)
    assert carry_out_withdrawals() == 1

    declared.refresh_from_db()
    assert declared.answer == Withdrawal.Answer.DONE
    sold = Piece.objects.filter(order=order)
    assert [*sold] == ([second.piece] if is_confirmed else [])


def test_why_something_is_not_carried_out_is_logged(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**facts: Any) -> None:
        raise NothingToPay

    monkeypatch.setattr("invoices.withdrawals.acting.take_back", refuse)
    withdraw(client, link(paid_order()))

    assert NothingToPay().sentence in caplog.text
