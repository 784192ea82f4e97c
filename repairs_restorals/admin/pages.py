"""What every page of the workshop in the admin has in common."""

from typing import ClassVar

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from accounts.admin.pages import StaffView
from repairs_restorals.admin.board import for_board
from repairs_restorals.models import Custody, Loan, ServiceTicket, TicketMessage


class TicketStaffView(StaffView):
    """A page for those who may change tickets."""

    permissions: ClassVar[list[str]] = ["repairs_restorals.change_serviceticket"]
    model = ServiceTicket
    about = "ticket"


def with_everything() -> QuerySet[ServiceTicket]:
    """Tickets with all that staff may know, which is more than customers see."""
    messages = TicketMessage.objects.select_related("author").prefetch_related("images")
    tickets = for_board(ServiceTicket.objects.all())
    related = [
        "customer__customer",
        "assignee",
        "category",
        "piece__item",
        "merged_into",
    ]
    tickets = tickets.annotate(**last_kept(), **first_lent())
    return tickets.select_related(*related).prefetch_related(
        Prefetch("messages", messages.order_by("-pk"), to_attr="conversation"),
        "images__message",
        "events__actor",
        "quotes__lines",
        "quotes__decided_by",
        "tasks__assignee",
        "merged",
        "shown",
    )


def last_kept() -> dict[str, Subquery]:
    """Where the thing is, by what was said last."""
    said = Custody.objects.filter(ticket=OuterRef("pk")).order_by("-at", "-pk")
    names = {"kept_at": "place", "kept_since": "at", "worth": "value", "worth_in": "currency"}
    return {name: Subquery(said.values(column)[:1]) for name, column in names.items()}


def first_lent() -> dict[str, Subquery]:
    """What its customer uses meanwhile; of several, what is to come back first."""
    out = Loan.objects.out().filter(ticket=OuterRef("pk")).order_by("due_on", "pk")
    names = {
        "lent": "piece__item__title",
        "lent_number": "piece__stock_number",
        "lent_to": "due_on",
    }
    return {name: Subquery(out.values(column)[:1]) for name, column in names.items()}


def find_ticket(pk: int) -> ServiceTicket:
    return get_object_or_404(with_everything(), pk=pk)
