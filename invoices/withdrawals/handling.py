"""What staff do with a withdrawal: say which contract it is, that it is theirs, how it ended."""

from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from invoices.models import Withdrawal
from invoices.withdrawals.acting import carry_out, close
from invoices.withdrawals.contracts import Contract
from invoices.withdrawals.deciding import may_decide
from invoices.withdrawals.declaring import prove
from invoices.withdrawals.settling import settle
from invoices.withdrawals.standing import Standing, standing_of
from store.exceptions import VersionChanged

Proof = Withdrawal.Proof


class Handling(NamedTuple):
    # Which contract the page has shown, by `shown_of`; None where no page has.
    shown: str | None = None
    contract: Contract | None = None
    is_theirs: bool = False
    has_returned: bool = False
    seal: str = ""
    # What is owed for the part of a repair that was done: then it is stopped and billed.
    owed: Decimal | None = None
    answer: str = ""
    words: str = ""


def shown_of(withdrawal: Withdrawal) -> str:
    """Which contract it is about, as its page says it and gets it back."""
    return f"{withdrawal.order_id or ''}/{withdrawal.ticket_id or ''}"


def handle(*, withdrawal_id: int, handling: Handling, actor: User) -> Withdrawal:
    """Write down what somebody of the shop knows; what nobody needs to decide then is done.

    Raises VersionChanged when it is about another contract by now than the one that was shown.
    """
    with transaction.atomic():
        withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal_id)
        if handling.shown is not None and handling.shown != shown_of(withdrawal):
            raise VersionChanged
        if handling.contract and not withdrawal.is_proven:
            match(withdrawal, handling.contract, actor)
        # Under whose name money goes back, stays.
        by = withdrawal.handled_by if withdrawal.proven_by == Proof.STAFF else actor
        if handling.seal:
            found = {"seal": handling.seal, "handled_by": by}
            Withdrawal.objects.filter(pk=withdrawal.pk).update(**found)
        if handling.has_returned and not withdrawal.returned_at:
            Withdrawal.objects.filter(pk=withdrawal.pk).update(returned_at=Now(), handled_by=by)
        if handling.is_theirs and not handling.answer:
            # Under the lock: meanwhile nobody else says that it is about another contract.
            vouch(Withdrawal.objects.get(pk=withdrawal.pk), actor)
    if handling.owed is not None:
        settle(withdrawal_id=withdrawal_id, owed=handling.owed, actor=actor)
    if handling.answer:
        close(withdrawal, handling.answer, actor, handling.words)
    carry_out(withdrawal)
    return Withdrawal.objects.get(pk=withdrawal.pk)


def vouch(withdrawal: Withdrawal, actor: User) -> None:
    """Take it for its customer's, or leave that to somebody who may do what follows."""
    is_waiting = standing_of(withdrawal) == Standing.VOUCHED
    same = Withdrawal.objects.filter(
        pk=withdrawal.pk, proven_by=withdrawal.proven_by, closed_at=None
    )
    if not may_decide(actor, withdrawal.order):
        same.filter(proven_by="").update(vouched_at=Now(), handled_by=actor)
    elif not withdrawal.is_proven:
        prove(withdrawal, Proof.STAFF, actor)
    elif is_waiting:
        same.update(proven_by=Proof.STAFF, proven_at=Now(), handled_by=actor)


def match(withdrawal: Withdrawal, contract: Contract, actor: User) -> None:
    found = {"order": contract.order, "ticket": contract.ticket, "handled_by": actor}
    Withdrawal.objects.filter(pk=withdrawal.pk).update(**found, vouched_at=None)
    if contract.order != withdrawal.order:
        withdrawal.lines.clear()
