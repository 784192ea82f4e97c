"""What was withdrawn from a contract by now, and what is left of it.

The withdrawal's form, the pages of orders and tickets, and their mails all ask here.
"""

from django.db.models import Q

from invoices.models import Withdrawal
from invoices.withdrawals.rights import agreed_quote, lines_of, says_more
from invoices.withdrawals.standing import is_given_up
from repairs_restorals.models import ServiceTicket
from store.models import Order, OrderLine


def counted(subject: Order | ServiceTicket) -> list[Withdrawal]:
    """The withdrawals of its customer that are open or carried out, the first first.

    One that was answered with no, or that staff have undone since, is over: another one counts.
    So is one from an earlier quote of a ticket.
    """
    # Pages have asked already whether there is any at all.
    if not getattr(subject, "has_withdrawals", True):
        return []
    known = subject.withdrawals.proven().order_by("pk").select_related("order", "ticket")
    quote = agreed_quote(subject) if isinstance(subject, ServiceTicket) else None
    if quote and quote.decided_at:
        known = known.filter(declared_at__gte=quote.decided_at)
    found = known.filter(Q(closed_at=None) | Q(answer=Withdrawal.Answer.DONE))
    return [each for each in found if each.closed_at is None or is_given_up(each)]


def rest_of(order: Order) -> list[OrderLine]:
    """The things that belong to an order and were not withdrawn from.

    Words that may mean some of them only take nothing away before staff have read them.
    """
    withdrawn = {
        line.pk for each in counted(order) if not says_more(each) for line in lines_of(each)
    }
    every = order.lines.select_related("piece")
    return [line for line in every if not line.is_gone and line.pk not in withdrawn]


def is_left(subject: Order | ServiceTicket) -> bool:
    """Whether its customer may withdraw from anything of it that they have not withdrawn from."""
    if isinstance(subject, ServiceTicket):
        return not counted(subject)
    if subject.state == Order.State.CANCELLED or subject.taken_back_at:
        return False
    return not counted(subject) or bool(rest_of(subject))


def same_of(earlier: list[Withdrawal], words: str, wanted: set[int]) -> Withdrawal | None:
    """The one by which all that is wanted was withdrawn from before, or the last of several.

    `wanted` are ids of lines; none stands for all that the contract has, or for a repair. Words
    that may mean a part are the same when they are sent once more, and only then.
    """
    covered: set[int] = set()
    found = None
    for each in earlier:
        lines = {line.pk for line in lines_of(each)}
        if says_more(each) and each.contract != words:
            continue
        if wanted <= lines:
            return each
        covered |= lines
        found = each if lines & wanted else found
    return found if wanted <= covered else None
