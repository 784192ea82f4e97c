"""What the workshop has to be done, for the front desk."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from desk.finds import Find
from desk.rows import Row, Urgency
from repairs_restorals.models import ServiceTicket, Status, Task

BOARD = "repairs_restorals_serviceticket_changelist"
MENDING = ("repairs_restorals.change_serviceticket",)


def of_tickets(*, rows: Callable[[], QuerySet[ServiceTicket]], **said: Any) -> Row:
    """A row of the bench board, for who works there; `said` is what a `Row` has besides."""
    return Row(rows=lambda user: rows(), page=BOARD, permissions=MENDING, **said)


ROWS = [
    of_tickets(
        name="tickets-overdue",
        label=ngettext_lazy("ticket is overdue", "tickets are overdue"),
        rows=ServiceTicket.objects.overdue,
        query="?attention=overdue",
        urgency=Urgency.PROMISE_BROKEN,
        since="due_on",
    ),
    of_tickets(
        name="tickets-to-answer",
        label=ngettext_lazy("ticket with a message to answer", "tickets with a message to answer"),
        rows=ServiceTicket.objects.to_answer,
        query="?attention=answer",
        urgency=Urgency.SOMEBODY_WAITS,
        since="asked_at",
    ),
    of_tickets(
        name="tickets-new",
        label=ngettext_lazy("new ticket to look at", "new tickets to look at"),
        rows=lambda: ServiceTicket.objects.filter(status=Status.SUBMITTED),
        query=f"?state={Status.SUBMITTED}",
        urgency=Urgency.SOMEBODY_WAITS,
        since="created_at",
    ),
    of_tickets(
        name="tickets-to-quote",
        label=ngettext_lazy("ticket that waits for our quote", "tickets that wait for our quote"),
        rows=lambda: ServiceTicket.objects.filter(status=Status.ASSESSING),
        query=f"?state={Status.ASSESSING}",
        urgency=Urgency.SOMEBODY_WAITS,
        since="touched_at",
    ),
    Row(
        name="tasks",
        label=ngettext_lazy("task of mine", "tasks of mine"),
        rows=lambda user: Task.objects.for_staff(user).open(),
        page="repairs_restorals_task_changelist",
        query="",
        permissions=("repairs_restorals.view_task",),
        urgency=Urgency.WORK,
        since="created_at",
        is_personal=True,
    ),
    of_tickets(
        name="tickets-untouched",
        label=ngettext_lazy("ticket untouched for a week", "tickets untouched for a week"),
        rows=ServiceTicket.objects.untouched,
        query="?attention=untouched",
        urgency=Urgency.WORK,
        since="touched_at",
    ),
    of_tickets(
        name="quotes-unanswered",
        label=ngettext_lazy(
            "quote without an answer for a week", "quotes without an answer for a week"
        ),
        rows=ServiceTicket.objects.unanswered,
        query="?attention=unanswered",
        urgency=Urgency.TO_FOLLOW_UP,
        since="quotes__sent_at",
    ),
    of_tickets(
        name="tickets-for-parts",
        label=ngettext_lazy("ticket waits for parts", "tickets wait for parts"),
        rows=ServiceTicket.objects.for_parts,
        query="?attention=parts",
        urgency=Urgency.TO_FOLLOW_UP,
        since="parts_awaited_since",
    ),
    of_tickets(
        name="loans-late",
        label=ngettext_lazy("loan item is to come back", "loan items are to come back"),
        rows=ServiceTicket.objects.with_late_loans,
        query="?attention=loans",
        urgency=Urgency.TO_FOLLOW_UP,
        since="lent_until",
    ),
    of_tickets(
        name="tickets-uncollected",
        label=ngettext_lazy(
            "thing ready for a week, not collected", "things ready for a week, not collected"
        ),
        rows=ServiceTicket.objects.uncollected,
        query="?attention=uncollected",
        urgency=Urgency.TO_FOLLOW_UP,
        since="since",
    ),
]

FINDS = [
    Find(
        model=ServiceTicket,
        label=_("Tickets"),
        state=lambda ticket: ticket.get_status_display(),
        note=lambda ticket: " · ".join(filter(None, [ticket.customer.name, ticket.serial_number])),
        fetch=lambda tickets: tickets.select_related("customer"),
    ),
]
