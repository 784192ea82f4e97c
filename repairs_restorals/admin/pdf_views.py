"""Labels and receipts of tickets, to be printed."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from outside.heavy import heavy
from repairs_restorals.admin.pages import TicketStaffView, find_ticket
from repairs_restorals.models import ServiceTicket
from repairs_restorals.models.photos import sees_work
from repairs_restorals.pdf import label, papers, receipt
from store.pdf import pdf_answer


@method_decorator(never_cache, name="dispatch")
class Label(TicketStaffView):
    """An A6 label; its code leads back to the ticket in the admin."""

    permissions: ClassVar[list[str]] = ["repairs_restorals.view_serviceticket"]
    name = "label"

    @heavy
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        return pdf_answer(self.pdf(ticket), f"{ticket.reference}-{self.name}.pdf")

    def pdf(self, ticket: ServiceTicket) -> bytes:
        return label(ticket, address=self.page_of(ticket))

    def page_of(self, ticket: ServiceTicket) -> str:
        page = reverse("admin:repairs_restorals_serviceticket_change", args=[ticket.pk])
        return self.site + page

    def status_of(self, ticket: ServiceTicket) -> str:
        """For a code that anybody reads who prints it: only whoever sees what it leads to does."""
        secret = ticket.link if sees_work(self.user) else ""
        return self.site + reverse("repairs:status", args=[secret]) if secret else ""


class Receipt(Label):
    """An A5 receipt; its code is the status link, for who sees the work, unless it is revoked."""

    name = "receipt"

    def pdf(self, ticket: ServiceTicket) -> bytes:
        return receipt(ticket, address=self.status_of(ticket))


class Papers(Label):
    """Both, to be printed in one go: the receipt for the customer, the label for the thing."""

    name = "papers"

    def pdf(self, ticket: ServiceTicket) -> bytes:
        return papers(ticket, page=self.page_of(ticket), status=self.status_of(ticket))
