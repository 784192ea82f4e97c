"""How many mails a declaration may set off. It is taken in any case, and its page is there."""

from typing import NamedTuple

from django.http import HttpRequest

from accounts.addresses import is_checked, is_same
from accounts.limits import WITHDRAWAL_CHECKS, WITHDRAWALS, Limit, TooOften, check_limit
from accounts.models import User
from invoices.models import Withdrawal
from invoices.orders.confirming import is_reached
from invoices.withdrawals.contracts import Contract

Proof = Withdrawal.Proof


class MayMail(NamedTuple):
    """Whether the receipt is mailed, whether the contract's mailbox is asked, and if both wait."""

    receipt: bool
    ask: bool
    yields: bool


def mails_for(request: HttpRequest, contract: Contract, address: str) -> MayMail:
    """What may be mailed about a declaration, counted where a stranger's mailbox may be meant."""
    is_known = reads(request, contract, address)
    receipt = is_known or is_within(WITHDRAWALS, request, address)
    asks = receipt and not contract.proof
    ask = asks and is_within(WITHDRAWAL_CHECKS, request, contract.mailbox)
    return MayMail(receipt, ask, yields=not is_known)


def reads(request: HttpRequest, contract: Contract, address: str) -> bool:
    """Whether a contract's customer is known to read the mail to an address that was typed.

    Who has ordered in this browser, or by an account, may have typed anybody's then as now.
    """
    user = request.user
    if not contract.proof:
        return False
    if isinstance(user, User) and is_checked(user) and is_same(user.email, address):
        return True
    if not is_same(contract.mailbox, address):
        return False
    is_mailed = contract.proof == Proof.LINK
    return is_mailed or bool(contract.order and is_reached(contract.order))


def is_within(limit: Limit, request: HttpRequest, address: str) -> bool:
    """Count a mail to an address, if there may be one."""
    try:
        check_limit(limit, request, address)
    except TooOften:
        return False
    return True
