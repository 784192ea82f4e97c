"""Who says that a withdrawal is its customer's, when money then goes back by itself."""

from accounts.models import User
from invoices.models import PaymentAttempt, Withdrawal
from invoices.rights import MAY_CHANGE, MAY_REFUND
from repairs_restorals.models import ServiceTicket
from store.models import Order

Proof = Withdrawal.Proof
MAY_STOP = ["repairs_restorals.change_serviceticket"]
MAY_SETTLE = [*MAY_STOP, *MAY_CHANGE]


def may_decide(actor: User, order: Order | None) -> bool:
    """Whether somebody has the rights to do by hand what then is done.

    `order` is None for a repair. Money that has come by card goes back there.
    """
    if order is None:
        return actor.has_perms(MAY_STOP)
    rights = MAY_REFUND if came_by_card(order) else MAY_CHANGE
    return actor.has_perms(["store.change_order", *rights])


def came_by_card(order: Order) -> bool:
    attempts = PaymentAttempt.objects.filter(invoice__order=order)
    return any(attempt.refundable > 0 for attempt in attempts)


def awaits_manager(withdrawal: Withdrawal, order: Order) -> bool:
    """Whether a proof is not enough for the money that the order has by now.

    A card may have paid since a clerk has vouched; and the mailbox of an address that a clerk has
    given an order may be the clerk's.
    """
    if withdrawal.proven_by == Proof.STAFF:
        by = withdrawal.handled_by
        return by is None or not may_decide(by, order)
    is_by_mail = withdrawal.proven_by in {Proof.LINK, Proof.MAILBOX}
    return bool(is_by_mail and order.email_doubted_at) and came_by_card(order)


def awaits_workshop(withdrawal: Withdrawal, ticket: ServiceTicket) -> bool:
    """Whether the address that a proof has come by may be that of a clerk, who may not stop it.

    With an address comes the account that has it: a log-in says no more than a mailed link.
    """
    return bool(ticket.email_doubted_at) and withdrawal.proven_by != Proof.STAFF
