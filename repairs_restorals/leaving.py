"""The open tickets and tasks of whoever leaves the workshop go to somebody else, or to nobody."""

from django.db import transaction

from accounts.leaving import WORK, Work
from accounts.models import User
from repairs_restorals.admin.forms import workshop_staff
from repairs_restorals.models import ServiceTicket, Task, Workshop
from repairs_restorals.services import assign_ticket


def count(person: User) -> int:
    tickets = ServiceTicket.objects.open().filter(assignee=person).count()
    return tickets + Task.objects.open().for_staff(person).count()


@transaction.atomic
def hand_over(person: User, taker: User | None, actor: User) -> None:
    """As by hand, ticket by ticket: each says in its history who has it now.

    A task is always somebody's: without a taker, that of who does this.
    """
    tickets = ServiceTicket.objects.open().filter(assignee=person).order_by("pk")
    for ticket in tickets:
        assign_ticket(ticket_id=ticket.pk, assignee=taker, due_on=ticket.due_on, actor=actor)
    Task.objects.open().for_staff(person).update(assignee=taker or actor)
    Workshop.objects.filter(default_assignee=person).update(default_assignee=taker)


WORK.append(Work(count, hand_over, workshop_staff))
