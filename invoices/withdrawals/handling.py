"""What staff do with a withdrawal: say which contract it is, that it is theirs, how it ended."""

from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from invoices.admin.rights import MAY_CHANGE, MAY_REFUND
from invoices.models import PaymentAttempt, Withdrawal
from invoices.withdrawals.acting import carry_out, close
from invoices.withdrawals.contracts import Contract
from invoices.withdrawals.declaring import prove
from invoices.withdrawals.settling import settle
from store.models import Order


class Handling(NamedTuple):
    contract: Contract | None = None
    is_theirs: bool = False
    has_returned: bool = False
    seal: str = ""
    # What is owed for the part of a repair that was done: then it is stopped and billed.
    owed: Decimal | None = None
    answer: str = ""
    words: str = ""


def rights_to_decide(order: Order | None) -> list[str]:
    """What somebody needs to say whose it is: the rights to do by hand what then is done.

    `order` is None for a repair. Money that has come by card goes back there.
    """
    if order is None:
        return ["repairs_restorals.change_serviceticket"]
    return ["store.change_order", *(MAY_REFUND if came_by_card(order) else MAY_CHANGE)]


MAY_SETTLE = [*rights_to_decide(None), *MAY_CHANGE]


def came_by_card(order: Order) -> bool:
    attempts = PaymentAttempt.objects.filter(invoice__order=order)
    return any(attempt.refundable > 0 for attempt in attempts)


def handle(*, withdrawal_id: int, handling: Handling, actor: User) -> Withdrawal:
    """Write down what somebody of the shop knows; what nobody needs to decide then is done."""
    with transaction.atomic():
        withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal_id)
        if handling.contract and not withdrawal.is_proven:
            match(withdrawal, handling.contract, actor)
        if handling.seal:
            found = {"seal": handling.seal, "handled_by": actor}
            Withdrawal.objects.filter(pk=withdrawal.pk).update(**found)
        if handling.has_returned and not withdrawal.returned_at:
            Withdrawal.objects.filter(pk=withdrawal.pk).update(returned_at=Now(), handled_by=actor)
    if handling.owed is not None:
        settle(withdrawal_id=withdrawal_id, owed=handling.owed, actor=actor)
    if handling.answer:
        close(withdrawal, handling.answer, actor, handling.words)
    elif handling.is_theirs:
        vouch(Withdrawal.objects.get(pk=withdrawal.pk), actor)
    carry_out(withdrawal)
    return Withdrawal.objects.get(pk=withdrawal.pk)


def vouch(withdrawal: Withdrawal, actor: User) -> None:
    """Take it for its customer's, or leave that to somebody who may do what follows."""
    if actor.has_perms(rights_to_decide(withdrawal.order)):
        prove(withdrawal, Withdrawal.Proof.STAFF, actor)
        return
    waiting = Withdrawal.objects.filter(pk=withdrawal.pk, proven_by="", closed_at=None)
    waiting.update(vouched_at=Now(), handled_by=actor)


def match(withdrawal: Withdrawal, contract: Contract, actor: User) -> None:
    found = {"order": contract.order, "ticket": contract.ticket, "handled_by": actor}
    Withdrawal.objects.filter(pk=withdrawal.pk).update(**found, vouched_at=None)
    if contract.order != withdrawal.order:
        withdrawal.lines.clear()
