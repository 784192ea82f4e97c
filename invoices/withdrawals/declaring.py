"""Taking a declaration: it is written down and acknowledged, whatever becomes of it."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.links import read_link
from accounts.models import User
from invoices.mail.withdrawals import MAILBOX_POWER, acknowledge, notify_about_withdrawal
from invoices.models import Withdrawal
from invoices.withdrawals.contracts import Contract, contract_of_words
from invoices.withdrawals.left import counted, same_of
from invoices.withdrawals.mail_limits import MayMail
from invoices.withdrawals.next_steps import next_steps
from store.models import OrderLine
from typed.languages import speaking


class Declaration(NamedTuple):
    """What somebody has sent. `lines` are ids of order lines; none stands for the whole.

    `may_mail` says how often that was done.
    """

    name: str
    contract: str
    email: str
    lines: Collection[int]
    idempotency_key: str
    site: str
    may_mail: MayMail


def declare(declaration: Declaration, contract: Contract) -> Withdrawal:
    """Write a declaration down and mail its receipt, at once and with nothing looked into.

    It is written and acknowledged also when it is late, vague, of a stranger or about what nobody
    may withdraw from: whether it has an effect is another question. Sending the same again finds
    the first.
    """
    if same := declared_before(declaration, contract):
        return same
    try:
        with transaction.atomic():
            return write_down(declaration, contract)
    except IntegrityError:
        return Withdrawal.objects.get(idempotency_key=declaration.idempotency_key)


def declared_before(declaration: Declaration, contract: Contract) -> Withdrawal | None:
    """The same from the same contract; only told to who has shown that it is theirs."""
    if not contract.proof or contract.subject is None:
        return None
    wanted = {*declaration.lines}
    if contract.order and not wanted:
        wanted = {line.pk for line in contract.order.lines.all() if not line.is_gone}
    return same_of(counted(contract.subject), declaration.contract, wanted)


def write_down(declaration: Declaration, contract: Contract) -> Withdrawal:
    lines = list(OrderLine.objects.filter(pk__in=declaration.lines, order=contract.order))
    withdrawal = Withdrawal(
        name=declaration.name,
        contract=declaration.contract,
        things="\n".join(f"{line.title} ({line.piece})" for line in lines),
        email=declaration.email,
        site=declaration.site,
        idempotency_key=declaration.idempotency_key,
        order=contract.order,
        ticket=contract.ticket,
        is_receipt_mailed=declaration.may_mail.receipt,
        proven_by=contract.proof,
        proven_at=Now() if contract.proof else None,
    )
    withdrawal.save(force_insert=True)
    withdrawal.lines.set(lines)
    # Read anew: the time is the database's.
    withdrawal.refresh_from_db()
    steps, may = next_steps(withdrawal), declaration.may_mail
    acknowledge(withdrawal, contract.mailbox, steps, may_ask=may.ask, yields=may.yields)
    return withdrawal


# How many days whoever reads the contract's mail has to say that it was them.
MAILBOX_DAYS = 60


def opens_mailbox(key: str, withdrawal: Withdrawal) -> bool:
    """Whether this was mailed to the address of the contract that a declaration is about."""
    link = read_link(key)
    if link is None or link.pk != withdrawal.pk or link.age > MAILBOX_DAYS:
        return False
    return link.opens(MAILBOX_POWER, withdrawal.secret) and is_as_declared(withdrawal)


def is_as_declared(withdrawal: Withdrawal) -> bool:
    """Whether it is about the contract that its words name, whose mailbox was asked, still.

    Staff may have found another one since: of that, the first one's mailbox knows nothing.
    """
    named = contract_of_words(withdrawal.contract)
    return (named.order, named.ticket) == (withdrawal.order, withdrawal.ticket)


@transaction.atomic
def prove(withdrawal: Withdrawal, proof: str, actor: User | None = None) -> bool:
    """Remember by what we know that it is of its contract's customer, once; tell what is next."""
    waiting = Withdrawal.objects.filter(
        # Staff may be saying meanwhile that it is about another contract.
        pk=withdrawal.pk,
        order=withdrawal.order_id,
        ticket=withdrawal.ticket_id,
        proven_by="",
        closed_at=None,
    )
    if not waiting.update(proven_by=proof, proven_at=Now(), handled_by=actor):
        return False
    proven = Withdrawal.objects.select_related("order", "ticket").get(pk=withdrawal.pk)
    with speaking(proven.language):
        steps = next_steps(proven)
    notify_about_withdrawal(proven, "withdrawal_next", steps=steps)
    return True
