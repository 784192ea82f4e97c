"""A repair that had begun when its customer withdrew: what is owed for the part that was done.

Article 14(3) of Directive 2011/83/EU: in proportion to what was done until then, of the total that
was agreed. Nothing is owed where nobody has wished that the work begins so early (14(4)(a)).
"""

from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import write_lines
from invoices.exceptions import TooMuch
from invoices.locking import lock_invoice
from invoices.models import NOTHING, Invoice, Withdrawal
from invoices.withdrawals.acting import close
from invoices.withdrawals.parts import lines_of_part, not_owed
from invoices.withdrawals.rights import agreed_quote
from invoices.withdrawals.standing import Standing, standing_of
from money.filters import money
from money.rounding import rounded
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.models.status import TRANSITIONS
from repairs_restorals.services import lock_ticket, transition_ticket
from store.exceptions import VersionChanged
from typed.languages import speaking


class Proposal(NamedTuple):
    """What is owed by what staff have recorded: how many of the ticket's tasks were done."""

    amount: Decimal = NOTHING
    most: Decimal = NOTHING
    done: int = 0
    tasks: int = 0


def proposal_for(withdrawal: Withdrawal) -> Proposal:
    """What to ask for; without an express wish to begin, nothing may be asked for."""
    ticket = withdrawal.ticket
    quote = agreed_quote(ticket) if ticket else None
    if ticket is None or quote is None or not quote.begin_wished_at:
        return Proposal()
    tasks = ticket.tasks.count()
    done = ticket.tasks.filter(done_at__lte=withdrawal.declared_at).count()
    share = rounded(quote.total * done / tasks, quote.currency) if tasks else NOTHING
    return Proposal(share, quote.total, done, tasks)


@transaction.atomic
def settle(*, withdrawal_id: int, owed: Decimal, actor: User) -> Withdrawal:
    """Stop the work and bill the part that was done, once; the customer is mailed of both.

    Raises VersionChanged when there is nothing to settle any more, TooMuch for more than was
    agreed, or is billed already and not taken back.
    """
    found = Withdrawal.objects.values_list("ticket", flat=True).get(pk=withdrawal_id)
    ticket: ServiceTicket = lock_ticket(found or 0)
    withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal_id)
    withdrawal.ticket = ticket
    quote = agreed_quote(ticket)
    if standing_of(withdrawal) != Standing.TO_SETTLE or quote is None:
        raise VersionChanged
    if not NOTHING <= owed <= proposal_for(withdrawal).most:
        raise TooMuch
    written = {"owed": owed, "settled_at": Now(), "handled_by": actor}
    Withdrawal.objects.filter(pk__in=declared_alike(withdrawal)).update(**written)
    words = words_for_customer(withdrawal, quote, owed)
    is_told = bill(ticket, quote, owed, words, actor)
    if Status.READY in TRANSITIONS[ticket.standing]:
        site = withdrawal.site
        transition_ticket(ticket_id=ticket.pk, to=Status.READY, actor=actor, site=site, note=words)
    elif not is_told:
        close(withdrawal, Withdrawal.Answer.DONE, actor, words)
    return Withdrawal.objects.get(pk=withdrawal.pk)


def words_for_customer(withdrawal: Withdrawal, quote: Quote, owed: Decimal) -> str:
    """On the invoice and in the mail, in their language."""
    with speaking(withdrawal.language):
        return _("Withdrawal of %(time)s: of %(agreed)s that were agreed you owe %(owed)s.") % {
            "time": withdrawal.declared_words,
            "agreed": money(quote.total, quote.currency),
            "owed": money(owed, quote.currency),
        }


def declared_alike(withdrawal: Withdrawal) -> list[int]:
    """It and others from the same contract, such as from two tabs at once: settled as one.

    Else each would keep the work from ending, and the next would be billed once more.
    """
    others = Withdrawal.objects.open().proven().filter(ticket=withdrawal.ticket)
    found = others.select_related("order", "ticket").select_for_update(of=["self"])
    return [each.pk for each in found if standing_of(each) == Standing.TO_SETTLE]


def bill(ticket: ServiceTicket, quote: Quote, owed: Decimal, reason: str, actor: User) -> bool:
    """Let the ticket's invoice ask for what is owed; whether its customer was mailed of it.

    A draft gets other lines. What is issued stays as it is, and a credit note takes back the rest.
    """
    opened, _created = Invoice.objects.get_or_create(ticket=ticket)
    invoice = lock_invoice(opened.pk)
    if invoice.is_draft:
        write_lines(invoice, lines_of_part(quote, owed))
        return False
    parts = not_owed(invoice, owed)
    if parts:
        credit(invoice_id=invoice.pk, parts=parts, reason=reason[:200], actor=actor)
    return bool(parts)
