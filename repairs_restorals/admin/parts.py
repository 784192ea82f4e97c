"""Parts that a ticket waits for, on its page."""

from typing import Any

from django.utils.translation import gettext as _

from repairs_restorals.admin.forms import PartsForm, TicketPageForm
from repairs_restorals.admin.ticket_page import TicketAction
from repairs_restorals.models import ServiceTicket
from repairs_restorals.parts import parts_arrived, wait_for_parts


class NoFieldsForm(TicketPageForm):
    name = "arrived"


class WaitForParts(TicketAction):
    form = PartsForm

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        wait_for_parts(ticket_id=ticket.pk, expected_on=data["expected_on"], actor=self.user)
        return _("It waits for parts. The customer reads it on the ticket.")


class PartsArrived(TicketAction):
    form = NoFieldsForm

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        parts_arrived(ticket_id=ticket.pk, actor=self.user)
        return _("It waits for no parts any more.")
