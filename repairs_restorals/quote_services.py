"""Quotes: written in versions, frozen when sent, decided once."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from money.currency import shop_currency
from repairs_restorals.exceptions import AgreedMeanwhile, OverLimit, QuoteEmpty, QuoteNotOpen
from repairs_restorals.mail import compose_for_customer, notify_customer, notify_workshop
from repairs_restorals.models import Quote, QuoteLine, ServiceTicket, Status, Workshop
from repairs_restorals.models.quote import check_draft
from repairs_restorals.repair_forms import check_bound, give_form
from repairs_restorals.services import (
    Kind,
    check_open,
    lock_ticket,
    touch,
    transition,
)
from repairs_restorals.signals import Enclosure, enclosed, quote_accepted, quote_wanted
from store.versions import check_version

State = Quote.State
COPIED = ["kind", "description", "quantity", "price", "tax_rate"]


@transaction.atomic
def draft_quote(*, ticket_id: int, author: User) -> Quote:
    """The ticket's draft of a quote; a new one begins as a copy of the version before it.

    Raises TicketClosed, TicketBilled.
    """
    ticket = lock_ticket(ticket_id)
    check_open(ticket)
    if draft := ticket.quotes.filter(state=State.DRAFT).first():
        return draft
    quote_wanted.send(sender=Quote, ticket=ticket)
    before = ticket.quotes.order_by("version").last()
    days = timedelta(days=Workshop.get_solo().quote_days)
    quote = Quote.objects.create(
        ticket=ticket,
        # What is copied stays what it was.
        currency=before.currency if before else shop_currency(),
        version=(ticket.quotes.aggregate(last=Max("version"))["last"] or 0) + 1,
        intro=before.intro if before else "",
        deposit=before.deposit if before else None,
        deposit_share=before.deposit_share if before else None,
        estimated_on=before.estimated_on if before else None,
        valid_until=timezone.localdate() + days,
        created_by=author,
    )
    lines = before.lines.values(*COPIED) if before else []
    QuoteLine.objects.bulk_create(QuoteLine(quote=quote, **line) for line in lines)
    return quote


class Seen(NamedTuple):
    """What somebody has looked at: a mail as it would go, by its version, and what was agreed."""

    event: str
    site: str
    version: str
    # The number of the accepted quote, which a new one would replace.
    agreed: int | None = None

    def check(self, quote: Quote) -> None:
        """Raise VersionChanged when the mail about a locked quote reads otherwise by now."""
        mail = compose_for_customer(quote.ticket, self.event, self.site, quote=quote)
        check_version(mail, self.version)


def agreed_quote(ticket: ServiceTicket) -> Quote | None:
    """What the customer has accepted last, and stands until both know of another."""
    return ticket.quotes.filter(state=State.ACCEPTED).order_by("decided_at", "pk").last()


@transaction.atomic
def write_draft(
    *,
    quote_id: int,
    values: Mapping[str, Any],
    lines: Iterable[Mapping[str, Any]],
    seen: Seen | None = None,
) -> Quote:
    """Write a draft anew, with these lines instead of those it had.

    Raises QuoteFrozen when it was sent meanwhile, VersionChanged when it is not what was `seen`.
    """
    quote = lock_quote(quote_id)
    check_draft(quote)
    if seen:
        seen.check(quote)
    for field, value in values.items():
        setattr(quote, field, value)
    quote.save(update_fields=[*values])
    quote.lines.all().delete()
    QuoteLine.objects.bulk_create(QuoteLine(quote=quote, **line) for line in lines)
    touch(quote.ticket)
    return Quote.objects.get(pk=quote.pk)


@transaction.atomic
def send_quote(*, quote_id: int, actor: User, site: str, seen: Seen | None = None) -> Quote:
    """Freeze a draft and ask the customer. An older one that waits for its answer becomes void.

    What was agreed stands: only who has `seen` that it is may offer something else.

    Raises QuoteEmpty, TransitionNotAllowed, TicketBilled, AgreedMeanwhile, VersionChanged, or
    QuoteNotOpen for one that was sent before; EndsTooSoon and BoundByForm, see `repair_forms`.
    """
    quote = lock_quote(quote_id)
    check_sendable(quote, seen)
    quote.ticket.quotes.filter(state=State.SENT).update(state=State.VOID)
    # What tells of the right to withdraw is the mail: who has no address has not read it.
    told = Now() if quote.ticket.customer.email else None
    sent = {"state": State.SENT, "sent_at": Now(), "withdrawal_told_at": told}
    Quote.objects.filter(pk=quote.pk).update(**sent)
    quote.ticket.record_event(Kind.QUOTED, actor=actor, note=str(quote.version))
    transition(quote.ticket, Status.QUOTED, actor=actor)
    quote.refresh_from_db()
    enclosure = Enclosure(attachment=give_form(quote))
    notify_customer(quote.ticket, "quote", site, quote=quote, enclosure=enclosure)
    return quote


def check_sendable(quote: Quote, seen: Seen | None) -> None:
    if quote.state != State.DRAFT:
        raise QuoteNotOpen(quote)
    if seen:
        seen.check(quote)
    if not quote.lines.exists():
        raise QuoteEmpty
    check_bound(quote)
    quote_wanted.send(sender=Quote, ticket=quote.ticket)
    agreed = agreed_quote(quote.ticket)
    if agreed and agreed.pk != (seen and seen.agreed):
        raise AgreedMeanwhile(agreed)


@transaction.atomic
def decide_quote(
    *,
    quote_id: int,
    accept: bool,
    via: Quote.Via,
    site: str,
    actor: User | None = None,
    address: str = "",
    reason: str = "",
    begin: bool = False,
) -> Quote:
    """Accept or decline a quote, once: the first decision stands.

    `begin` is the customer's express wish to begin before the time to withdraw is over.
    Raises QuoteNotOpen when it was decided, replaced, or has expired.
    """
    quote = lock_quote(quote_id)
    if not quote.is_open:
        raise QuoteNotOpen(quote)
    enclosure = record_decision(
        quote, accept=accept, via=via, actor=actor, address=address, reason=reason, site=site
    )
    if accept and begin:
        Quote.objects.filter(pk=quote.pk).update(begin_wished_at=Now())
        quote.refresh_from_db(fields=["begin_wished_at"])
    decision = "accepted" if accept else "declined"
    notify_workshop(quote.ticket, decision, site, quote=quote)
    notify_customer(quote.ticket, decision, site, quote=quote, enclosure=enclosure)
    return quote


@transaction.atomic
def reopen_quote(*, quote_id: int, actor: User | None, site: str) -> Quote:
    """Take a "no" back, so that the quote waits for its answer again. The workshop is told.

    What was said stays in the ticket's history. Raises QuoteNotOpen when the time of the quote is
    over, or the workshop has gone on meanwhile.
    """
    quote = lock_quote(quote_id)
    if not quote.can_reopen:
        raise QuoteNotOpen(quote)
    undecided = {"decided_at": None, "decided_by": None, "decided_via": "", "decided_from": ""}
    Quote.objects.filter(pk=quote.pk).update(state=State.SENT, reason="", **undecided)
    quote.refresh_from_db()
    quote.ticket.record_event(Kind.REOPENED, actor=actor, note=str(quote.version))
    transition(quote.ticket, Status.QUOTED, actor=actor)
    notify_workshop(quote.ticket, "reopened", site, quote=quote)
    return quote


@transaction.atomic
def go_ahead(*, quote_id: int, actor: User, site: str, seen: Seen | None = None) -> Quote:
    """Start without asking, for the customer allowed it up to a limit; the customer is told.

    The draft becomes an accepted quote. Raises OverLimit, and what `send_quote` raises.
    """
    quote = lock_quote(quote_id)
    if quote.state == State.DRAFT and not is_within_limit(quote):
        raise OverLimit
    check_sendable(quote, seen)
    quote.ticket.quotes.filter(state=State.SENT).update(state=State.VOID)
    # The mail that makes it a contract brings the information, too.
    wished = Now() if quote.ticket.begin_wished else None
    told = Now() if quote.ticket.customer.email else None
    sent = {"sent_at": Now(), "withdrawal_told_at": told, "begin_wished_at": wished}
    Quote.objects.filter(pk=quote.pk).update(**sent)
    quote.ticket.record_event(Kind.WENT_AHEAD, actor=actor, note=str(quote.version))
    enclosure = record_decision(quote, accept=True, via=Quote.Via.LIMIT, actor=actor, site=site)
    notify_customer(quote.ticket, "went_ahead", site, quote=quote, enclosure=enclosure)
    return quote


def is_within_limit(quote: Quote) -> bool:
    """Whether the customer allowed it without asking, and has not said no since."""
    limit = quote.ticket.go_ahead_limit
    if quote.currency != shop_currency():
        # The limit is in today's.
        return False
    if limit is None or quote.total > limit:
        return False
    return not quote.ticket.quotes.filter(state=State.DECLINED).exists()


def record_decision(
    quote: Quote,
    *,
    accept: bool,
    via: Quote.Via,
    actor: User | None,
    site: str,
    address: str = "",
    reason: str = "",
) -> Enclosure:
    """Write down the decision on a locked quote, move its ticket; return what to mail with it."""
    Quote.objects.filter(pk=quote.pk).update(
        state=State.ACCEPTED if accept else State.DECLINED,
        decided_at=Now(),
        decided_by=actor,
        decided_via=via,
        decided_from=address,
        reason=reason,
    )
    stands = accept or agreed_quote(quote.ticket) is not None
    quote.refresh_from_db()
    if via != Quote.Via.LIMIT:
        kind = Kind.ACCEPTED if accept else Kind.DECLINED
        quote.ticket.record_event(kind, actor=actor, note=reason or str(quote.version))
    # Who declines something else keeps what was agreed before.
    transition(quote.ticket, Status.APPROVED if stands else Status.DECLINED, actor=actor)
    if not accept:
        return Enclosure()
    return enclosed(quote_accepted.send(sender=Quote, quote=quote, site=site))


def lock_quote(quote_id: int) -> Quote:
    """Lock a quote's ticket, then read the quote: who decides at once queues at the ticket."""
    found = Quote.objects.values_list("ticket", flat=True).get(pk=quote_id)
    ticket: ServiceTicket = lock_ticket(found)
    quote = Quote.objects.prefetch_related("lines").get(pk=quote_id)
    quote.ticket = ticket
    return quote
