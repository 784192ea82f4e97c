"""What the workshop has to be done, for the front desk."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from desk.finds import Find
from desk.rows import Row, Urgency
from repairs_restorals.models import ServiceTicket, Status, Task

BOARD = "repairs_restorals_serviceticket_changelist"
MENDING = ("repairs_restorals.change_serviceticket",)

ROWS = [
    Row(
        name="tickets-overdue",
        label=ngettext_lazy("ticket is overdue", "tickets are overdue"),
        rows=lambda user: ServiceTicket.objects.overdue(),
        page=BOARD,
        query="?attention=overdue",
        permissions=MENDING,
        urgency=Urgency.PROMISE_BROKEN,
        since="due_on",
    ),
    Row(
        name="tickets-to-answer",
        label=ngettext_lazy("ticket with a message to answer", "tickets with a message to answer"),
        rows=lambda user: ServiceTicket.objects.to_answer(),
        page=BOARD,
        query="?attention=answer",
        permissions=MENDING,
        urgency=Urgency.SOMEBODY_WAITS,
        since="asked_at",
    ),
    Row(
        name="tickets-new",
        label=ngettext_lazy("new ticket to look at", "new tickets to look at"),
        rows=lambda user: ServiceTicket.objects.filter(status=Status.SUBMITTED),
        page=BOARD,
        query=f"?state={Status.SUBMITTED}",
        permissions=MENDING,
        urgency=Urgency.SOMEBODY_WAITS,
        since="created_at",
    ),
    Row(
        name="tickets-to-quote",
        label=ngettext_lazy("ticket that waits for our quote", "tickets that wait for our quote"),
        rows=lambda user: ServiceTicket.objects.filter(status=Status.ASSESSING),
        page=BOARD,
        query=f"?state={Status.ASSESSING}",
        permissions=MENDING,
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
    ),
    Row(
        name="tickets-untouched",
        label=ngettext_lazy("ticket untouched for a week", "tickets untouched for a week"),
        rows=lambda user: ServiceTicket.objects.untouched(),
        page=BOARD,
        query="?attention=untouched",
        permissions=MENDING,
        urgency=Urgency.WORK,
        since="touched_at",
    ),
    Row(
        name="quotes-unanswered",
        label=ngettext_lazy(
            "quote without an answer for a week", "quotes without an answer for a week"
        ),
        rows=lambda user: ServiceTicket.objects.unanswered(),
        page=BOARD,
        query="?attention=unanswered",
        permissions=MENDING,
        urgency=Urgency.TO_FOLLOW_UP,
        since="quotes__sent_at",
    ),
    Row(
        name="tickets-uncollected",
        label=ngettext_lazy(
            "thing ready for a week, not collected", "things ready for a week, not collected"
        ),
        rows=lambda user: ServiceTicket.objects.uncollected(),
        page=BOARD,
        query="?attention=uncollected",
        permissions=MENDING,
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
