"""Which tickets wait for what."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from accounts.addresses import is_checked
from accounts.models import User
from repairs_restorals.models.event import TicketEvent
from repairs_restorals.models.status import CLOSED, Status
from store.panels import with_bills

if TYPE_CHECKING:
    from repairs_restorals.models.ticket import ServiceTicket  # noqa: F401

UNTOUCHED_FOR = timedelta(days=7)


class TicketQuerySet(models.QuerySet["ServiceTicket"]):
    def for_customer(self, user: User) -> Self:
        """Of an account whose address was not checked, only what was filed from within it.

        What staff file under an address is for whoever reads its mail.
        """
        mine = self.filter(customer=user)
        if is_checked(user):
            return mine
        filed = TicketEvent.objects.filter(kind=TicketEvent.Kind.FILED, actor=user)
        return mine.filter(pk__in=filed.values("ticket"))

    def open(self) -> Self:
        """Tickets that still ask something of somebody."""
        return self.exclude(status__in=CLOSED)

    def closed(self) -> Self:
        return self.filter(status__in=CLOSED)

    def untouched(self) -> Self:
        """Open tickets for which the workshop has done nothing for a week."""
        return self.open().filter(touched_at__lt=Now() - UNTOUCHED_FOR)

    def overdue(self) -> Self:
        """Tickets that were to be finished before today."""
        finished = [*CLOSED, Status.READY]
        return self.exclude(status__in=finished).filter(due_on__lt=timezone.localdate())

    def unanswered(self) -> Self:
        """Tickets whose customer has had a quote for a week and not said yes or no."""
        week_ago = Now() - UNTOUCHED_FOR
        return self.filter(quotes__state="sent", quotes__sent_at__lt=week_ago)

    def for_parts(self) -> Self:
        """Open tickets whose parts are ordered and not here yet."""
        return self.open().filter(parts_awaited_since__isnull=False)

    def uncollected(self) -> Self:
        """Tickets that have been ready for a week."""
        ready = self.filter(status=Status.READY).with_since()
        return ready.filter(since__lt=Now() - UNTOUCHED_FOR)

    def with_late_loans(self) -> Self:
        """Tickets whose loan item is to be back: its day has passed, or the ticket is closed.

        Annotates `lent_until`.
        """
        lent: Any = apps.get_model("repairs_restorals", "Loan")
        out = lent.objects.out()
        mine = out.filter(ticket=OuterRef("pk")).order_by("due_on")
        tickets = self.annotate(lent_until=Subquery(mine.values("due_on")[:1]))
        late = Q(lent_until__lt=timezone.localdate()) | Q(status__in=CLOSED)
        # Few are lent: nothing is looked up for all the tickets there are.
        return tickets.filter(late, pk__in=out.values("ticket"))

    def with_since(self) -> Self:
        """Annotate `since`: when each came into the state in which it is."""
        made = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind=TicketEvent.Kind.TRANSITION)
        moved = Subquery(made.order_by("-pk").values("at")[:1])
        return self.annotate(since=Coalesce(moved, F("created_at")))

    def last_said(self, field: str) -> Subquery:
        """Something of the last word that customer and workshop have written to each other."""
        written: Any = apps.get_model("repairs_restorals", "TicketMessage")
        said = written.objects.public().filter(ticket=OuterRef("pk")).order_by("-pk")
        return Subquery(said.values(field)[:1])

    def with_awaits(self) -> Self:
        """Fetch what `awaits` asks for: who wrote last, and how the bill stands."""
        return with_bills(self.annotate(answered=self.last_said("from_workshop")))

    def to_answer(self) -> Self:
        """Open tickets whose customer has written last: those of which `awaits` says so.

        Annotates `asked_at`: when that was.
        """
        asked = self.open().annotate(asked_at=self.last_said("at"))
        return asked.alias(said_by_us=self.last_said("from_workshop")).filter(said_by_us=False)

    def with_last_word(self, messages: models.QuerySet[Any]) -> Self:
        """Annotate `last_word`: of each ticket, the latest of these messages."""
        mine = messages.filter(ticket=OuterRef("pk")).order_by("-pk")
        return self.annotate(last_word=Subquery(mine.values("body")[:1]))
