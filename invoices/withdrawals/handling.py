"""What staff do with a withdrawal: say which contract it is, that it is theirs, how it ended."""

from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from invoices.models import Withdrawal
from invoices.withdrawals.acting import carry_out, close
from invoices.withdrawals.contracts import Contract
from invoices.withdrawals.declaring import prove


class Handling(NamedTuple):
    contract: Contract | None = None
    is_theirs: bool = False
    has_returned: bool = False
    answer: str = ""
    words: str = ""


def handle(*, withdrawal_id: int, handling: Handling, actor: User) -> Withdrawal:
    """Write down what somebody of the shop knows; what nobody needs to decide then is done."""
    with transaction.atomic():
        withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal_id)
        if handling.contract and not withdrawal.is_proven:
            match(withdrawal, handling.contract, actor)
        if handling.has_returned and not withdrawal.returned_at:
            Withdrawal.objects.filter(pk=withdrawal.pk).update(returned_at=Now(), handled_by=actor)
    if handling.answer:
        close(withdrawal, handling.answer, actor, handling.words)
    elif handling.is_theirs:
        prove(withdrawal, Withdrawal.Proof.STAFF, actor)
    carry_out(withdrawal)
    return Withdrawal.objects.get(pk=withdrawal.pk)


def match(withdrawal: Withdrawal, contract: Contract, actor: User) -> None:
    found = {"order": contract.order, "ticket": contract.ticket, "handled_by": actor}
    Withdrawal.objects.filter(pk=withdrawal.pk).update(**found)
    if contract.order != withdrawal.order:
        withdrawal.lines.clear()
