"""The matrix: who withdraws from what, how it is known, what follows, and what they are told.

Every row goes both steps by forms alone, without scripts, and is acknowledged at once: by a page
and a mail that say the same, with date, time and zone. That two clicks from any page are enough,
the labels and the three fields are in `test_withdrawing`; what becomes of it is in
`test_withdrawals_carried_out`.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.test import Client

from accounts.models import User
from invoices.models import Invoice, Withdrawal
from invoices.tests.test_withdrawals_carried_out import (
    agreed,
    link,
    move,
    paid_order,
    went_out,
    withdraw_from,
)
from invoices.tests.test_withdrawing import read, withdraw
from invoices.withdrawals.declaring import prove
from invoices.withdrawals.rights import Doubt, doubt_of
from invoices.withdrawals.standing import Standing, standing_of
from mail.models import Mail
from mail.sending import send_mails
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import go_ahead
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]
TIME = re.compile(r"\d\d:\d\d:\d\d \S+ \(UTC[+-]\d{4}\)")


class Scene(NamedTuple):
    client: Client
    alice: User
    wren: User


class Row(NamedTuple):
    what: str
    declare: Callable[[Scene], Withdrawal]
    standing: Standing
    proof: str = "link"
    says: str = "goes back the way it came"
    doubt: str = ""
    # Who else than the declarer is mailed.
    asks: list[str] = []


def of_order(scene: Scene, **fields: Any) -> Withdrawal:
    return withdraw(scene.client, link(paid_order(**fields)))


def of_lines(scene: Scene, exception: str, *, out: bool = False) -> Withdrawal:
    order = paid_order()
    order.lines.update(withdrawal_exception=exception)
    return withdraw(scene.client, link(went_out(order) if out else order))


def of_number(scene: Scene) -> Withdrawal:
    return withdraw(scene.client, contract=str(paid_order()))


def in_account(scene: Scene, *, own: bool) -> Withdrawal:
    order = paid_order(customer=scene.alice)
    scene.client.force_login(scene.alice if own else scene.wren)
    return withdraw(scene.client, contract=str(order))


def of_part(scene: Scene) -> Withdrawal:
    order = paid_order(pieces=2)
    return withdraw(scene.client, link(order), lines=[order.lines.earliest("pk").pk])


def twice(scene: Scene) -> Withdrawal:
    order = went_out(paid_order())
    first, second = withdraw(scene.client, link(order)), withdraw(Client(), link(order))
    assert first == second
    return second


def of_repair(scene: Scene, *steps: str, begin: bool) -> Withdrawal:
    return withdraw_from(scene.client, agreed(scene.alice, scene.wren, begin=begin), *steps)


def billed_before_it_was_known(scene: Scene) -> Withdrawal:
    """By the number alone: the workshop finishes it, before the contract's mailbox answers."""
    quote = agreed(scene.alice, scene.wren, begin=True)
    move(quote, "in_progress")
    declared = withdraw(scene.client, contract=str(quote.ticket))
    move(quote, "ready")
    assert Invoice.objects.get().number
    prove(declared, Withdrawal.Proof.MAILBOX)
    return declared


ROWS = [
    Row("guest, by the mailed link", of_order, Standing.TO_REFUND),
    Row(
        "guest, by the number alone",
        of_number,
        Standing.UNPROVEN,
        proof="",
        says="we make sure that the contract is yours",
        asks=["alice@example.com"],
    ),
    Row("account, own order", lambda s: in_account(s, own=True), Standing.TO_REFUND, "account"),
    Row(
        "account, foreign contract",
        lambda s: in_account(s, own=False),
        Standing.UNPROVEN,
        proof="",
        says="we make sure that the contract is yours",
        asks=["alice@example.com"],
    ),
    Row(
        "vague words",
        lambda s: withdraw(s.client, contract="the lamp of May"),
        Standing.NAMELESS,
        proof="",
        says="we make sure that the contract is yours",
    ),
    Row("early: not sent yet, unpaid too", of_order, Standing.TO_REFUND),
    Row(
        "in time, sent",
        lambda s: withdraw(s.client, link(went_out(paid_order(), 5))),
        Standing.AWAITS_THINGS,
        says="Send the things back until",
    ),
    Row(
        "late",
        lambda s: withdraw(s.client, link(went_out(paid_order(), 60))),
        Standing.DOUBTFUL,
        says="the time to withdraw was over",
        doubt=Doubt.LATE,
    ),
    Row("one of two things", of_part, Standing.TO_REFUND),
    Row("twice the same", twice, Standing.AWAITS_THINGS, says="Send the things back until"),
    Row(
        "exempt: made to a wish",
        lambda s: of_lines(s, "made"),
        Standing.DOUBTFUL,
        says="made to your wish",
        doubt=Doubt.MADE,
    ),
    Row(
        "sealed: the right is there until the seal is broken",
        lambda s: of_lines(s, "sealed", out=True),
        Standing.AWAITS_THINGS,
        says="Send the things back until",
    ),
    Row(
        "business",
        lambda s: of_order(s, for_business=True),
        Standing.DOUBTFUL,
        says="placed for a business",
        doubt=Doubt.BUSINESS,
    ),
    Row(
        "bought at the counter",
        lambda s: of_order(s, bag_key="till 1"),
        Standing.DOUBTFUL,
        says="it was bought at the shop",
        doubt=Doubt.COUNTER,
    ),
    Row(
        "repair not begun",
        lambda s: of_repair(s, begin=True),
        Standing.CLOSED,
        says="you owe nothing for it",
    ),
    Row(
        "repair begun at an express wish",
        lambda s: of_repair(s, "in_progress", begin=True),
        Standing.TO_SETTLE,
        says="you owe the part that was done",
    ),
    Row(
        "repair begun without one",
        lambda s: of_repair(s, "in_progress", begin=False),
        Standing.TO_SETTLE,
        says="you owe nothing for it",
    ),
    Row(
        "repair begun at an express wish, finished and billed before it was known whose it is",
        billed_before_it_was_known,
        Standing.TO_SETTLE,
        proof="mailbox",
        says="we make sure that the contract is yours",
        asks=["alice@example.com"],
    ),
    Row(
        "repair finished at an express wish",
        lambda s: of_repair(s, "in_progress", "ready", begin=True),
        Standing.DOUBTFUL,
        says="the right to withdraw has ended",
        doubt=Doubt.FINISHED,
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.what for row in ROWS])
def test_a_withdrawal(row: Row, client: Client, alice: User, wren: User) -> None:
    declared = row.declare(Scene(client, alice, wren))

    declared.refresh_from_db()
    receipt = Mail.objects.filter(event="invoices.withdrawn").latest("pk")
    page = read(client, declared.get_absolute_url()).text
    assert receipt.to == "ann@example.com"
    for text in (receipt.text, page):
        assert declared.declared_words in text
        assert "Ann Old" in text
    assert TIME.search(receipt.text)
    assert row.says in receipt.text
    assert (standing_of(declared), declared.proven_by) == (row.standing, row.proof)
    assert declared.closed_at or doubt_of(declared) == row.doubt
    asked = Mail.objects.filter(event="invoices.withdrawal_check")
    assert [mail.to for mail in asked] == row.asks


def test_while_the_mail_server_is_dead(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    declared = withdraw(client, link(paid_order()))

    assert send_mails() == 0
    assert Mail.objects.filter(event="invoices.withdrawn").queued().exists()
    assert declared.declared_words in read(client, declared.get_absolute_url()).text


def test_on_its_page_a_counter_sale_leads_to_no_withdrawal(client: Client) -> None:
    order = paid_order(bag_key="till 1", customer=None)
    page = read(client, order.get_absolute_url())

    assert f"/withdraw/{order.secret}/" not in page.links
    assert "You have bought this at the shop" in page.text
    assert f"/withdraw/{order.secret}/" not in Mail.objects.values_list("text", flat=True)
    assert Order.objects.get().is_counter_sale


def within_limit(alice: User, wren: User, *, wish: bool) -> Quote:
    ticket = make_ticket(alice, go_ahead_limit=60, begin_wished=wish)
    return go_ahead(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)


def test_work_within_a_limit_begins_early_only_by_a_wish_of_its_own(
    alice: User, wren: User
) -> None:
    """`go_ahead_limit` alone is none: what the customer would owe was not said."""
    for wish in (False, True):
        quote = within_limit(alice, wren, wish=wish)
        assert bool(quote.begin_wished_at) == wish
        assert quote.withdrawal_told_at
    mail = Mail.objects.filter(event="repairs_restorals.went_ahead").latest("pk")
    assert "hereby give notice" in mail.text
