"""Labels and receipts of tickets, to be printed."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from outside.heavy import heavy
from repairs_restorals.admin.pages import TicketStaffView, find_ticket
from repairs_restorals.models import ServiceTicket
from repairs_restorals.pdf import label, receipt
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
        page = reverse("admin:repairs_restorals_serviceticket_change", args=[ticket.pk])
        return label(ticket, address=self.site + page)


class Receipt(Label):
    """An A5 receipt; its code is the status link, unless that is revoked."""

    name = "receipt"

    def pdf(self, ticket: ServiceTicket) -> bytes:
        secret = ticket.link
        link = self.site + reverse("repairs:status", args=[secret]) if secret else ""
        return receipt(ticket, address=link)
