"""A repair that had begun when its customer withdrew: what is owed for the part that was done.

Article 14(3) of Directive 2011/83/EU: in proportion to what was done until then, of the total that
was agreed. Nothing is owed where nobody has wished that the work begins so early (14(4)(a)).
"""

from collections.abc import Iterator
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
from invoices.models import NOTHING, Invoice, InvoiceLine, Withdrawal
from invoices.withdrawals.rights import agreed_quote
from invoices.withdrawals.standing import Standing, standing_of
from money.filters import money
from money.rounding import rounded
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.models.status import TRANSITIONS
from repairs_restorals.services import lock_ticket, transition_ticket
from store.exceptions import Refusal, VersionChanged


class BilledBefore(Refusal):
    """The agreed total is billed, and part of it is owed: that takes a credit note by hand."""

    words = _("Its invoice is issued. Take back what is not owed by a credit note, on its page.")


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
    agreed, BilledBefore when the whole is billed already and not all of it goes back.
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
    Withdrawal.objects.filter(pk=withdrawal.pk).update(**written)
    words = _("Withdrawal of %(time)s: of %(agreed)s that were agreed you owe %(owed)s.") % {
        "time": withdrawal.declared_words,
        "agreed": money(quote.total, quote.currency),
        "owed": money(owed, quote.currency),
    }
    bill(ticket, quote, owed, str(words), actor)
    if Status.READY in TRANSITIONS[ticket.standing]:
        site, note = withdrawal.site, str(words)
        transition_ticket(ticket_id=ticket.pk, to=Status.READY, actor=actor, site=site, note=note)
    return Withdrawal.objects.get(pk=withdrawal.pk)


def bill(ticket: ServiceTicket, quote: Quote, owed: Decimal, reason: str, actor: User) -> None:
    """Let the ticket's draft ask for what is owed; what is billed goes back as a whole, or not."""
    opened, _created = Invoice.objects.get_or_create(ticket=ticket)
    invoice = lock_invoice(opened.pk)
    if invoice.is_draft:
        write_lines(invoice, lines_of_part(quote, owed))
    elif owed or ticket.status == Status.IN_PROGRESS:
        raise BilledBefore
    elif any(invoice.creditable.values()):
        credit(invoice_id=invoice.pk, reason=reason[:200], actor=actor)


def lines_of_part(quote: Quote, owed: Decimal) -> Iterator[InvoiceLine]:
    """A line for each tax of what was agreed, in proportion; they add up to what is owed."""
    agreed: dict[Decimal, Decimal] = {}
    for line in quote.lines.all():
        agreed[line.tax_rate] = agreed.get(line.tax_rate, NOTHING) + line.total
    before, sum_of = NOTHING, NOTHING
    for rate, amount in sorted(agreed.items()):
        sum_of += amount
        until = rounded(owed * sum_of / quote.total, quote.currency) if owed else NOTHING
        if part := until - before:
            text = str(_("The part that was done until the withdrawal"))
            yield InvoiceLine(description=text, price=part, tax_rate=rate)
        before = until
