"""Carrying a withdrawal out: what was not sent is cancelled at once, the rest waits for its things.

One service takes things off orders (`orders.taking_back`), whoever asks for it: it writes the
credit note, lets the money go back the way it came, and puts the things on sale again.
"""

import logging
from typing import cast

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from invoices.documents.drafts import invoice_of_order
from invoices.mail.withdrawals import notify_about_withdrawal
from invoices.models import Withdrawal
from invoices.orders.taking_back import take_back, version_of
from invoices.orders.taking_back_plan import Wish
from invoices.orders.transitions import cancel_order
from invoices.withdrawals.standing import Standing, left_of, standing_of
from repairs_restorals.models import Status
from repairs_restorals.services import transition_ticket
from store.exceptions import Refusal
from store.models import Order
from typed.languages import speaking

logger = logging.getLogger(__name__)
A_ROUND = 20
Answer = Withdrawal.Answer


def carry_out_withdrawals() -> int:
    """What is to be cancelled, such as because Stripe did not answer, and what is done by now."""
    known = Withdrawal.objects.open().proven()
    # Those that nobody has looked at for the longest time come first: none keeps others waiting.
    waiting = known.order_by(F("tried_at").asc(nulls_first=True), "pk")
    return sum(carry_out(withdrawal) for withdrawal in waiting[:A_ROUND])


def carry_out(withdrawal: Withdrawal) -> bool:
    """Do what nobody needs to decide; whether anything was done.

    It may be done once more, and at the same time by others. What fails is tried again by the
    timer, and stands on the front desk.
    """
    withdrawal = Withdrawal.objects.select_related("order", "ticket").get(pk=withdrawal.pk)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(tried_at=Now())
    if act := ACTS.get(standing_of(withdrawal)):
        try:
            act(withdrawal)
        except Refusal as refusal:
            # Most of them have no other words than those for a page.
            why = str(refusal) or refusal.sentence
            logger.warning("Withdrawal %d is not carried out yet: %s", withdrawal.pk, why)
            return False
        withdrawal = Withdrawal.objects.select_related("order", "ticket").get(pk=withdrawal.pk)
    return standing_of(withdrawal) == Standing.DONE and close(withdrawal, Answer.DONE)


def cancel(withdrawal: Withdrawal) -> None:
    """Take things off an order that has not gone out; raise Refusal when it goes out meanwhile."""
    invoice = invoice_of_order(withdrawal.order_id or 0)
    version = version_of(invoice)
    # Read after that: what goes out from now on changes the version, what has gone out is seen.
    withdrawal = Withdrawal.objects.select_related("order", "ticket").get(pk=withdrawal.pk)
    if standing_of(withdrawal) != Standing.TO_CANCEL:
        return
    order = cast(Order, withdrawal.order)
    actor, because = decided_by(withdrawal), Order.Ending.CUSTOMER
    reason = reason_of(withdrawal)
    if order.is_unconfirmed:
        # It has nothing yet that could be taken back: it is given up as a whole.
        cancel_order(order_id=order.pk, actor=actor, because=because, reason=reason)
        return
    lines = [line.pk for line in left_of(withdrawal)]
    wish = Wish(lines=lines, reason=reason, because=because)
    take_back(order_id=order.pk, wish=wish, actor=actor, version=version)


def reason_of(withdrawal: Withdrawal) -> str:
    """As papers and mails of its customer say it."""
    with speaking(withdrawal.language):
        return _("Withdrawal of %s") % withdrawal.declared_words


def stop(withdrawal: Withdrawal) -> None:
    """Cancel a repair of which nothing was done; raise Refusal when the work begins meanwhile."""
    ticket = withdrawal.ticket
    if ticket is None:
        return
    transition_ticket(
        ticket_id=ticket.pk,
        to=Status.CANCELLED,
        actor=decided_by(withdrawal),
        site=withdrawal.site,
        note=reason_of(withdrawal),
        version=ticket.version,
    )


def decided_by(withdrawal: Withdrawal) -> User | None:
    """Who of the shop has set it off; nobody where its customer has."""
    return withdrawal.handled_by if withdrawal.proven_by == Withdrawal.Proof.STAFF else None


ACTS = {Standing.TO_CANCEL: cancel, Standing.TO_STOP: stop}


def close(withdrawal: Withdrawal, answer: str, actor: User | None = None, words: str = "") -> bool:
    """Say once that nothing is left to be done; whoever declared it is told how it ended."""
    with transaction.atomic():
        open_one = Withdrawal.objects.filter(pk=withdrawal.pk, closed_at=None)
        # Who has said that it is its customer's stays named where it closes by itself.
        by = {"handled_by": actor} if actor else {}
        if not open_one.update(closed_at=Now(), answer=answer, **by):
            return False
        if answer != Answer.DONE or words:
            # What was carried out has its own mails: of the order, and of the money.
            withdrawal.refresh_from_db()
            notify_about_withdrawal(withdrawal, "withdrawal_answer", words=words)
    return True
