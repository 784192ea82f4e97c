"""The e-mail address of a customer who had none at the counter."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from accounts.joining import CannotJoin, give_address
from repairs_restorals.admin.forms import AddressForm
from repairs_restorals.admin.ticket_page import TicketAction
from repairs_restorals.exceptions import AddressRefused
from repairs_restorals.models import ServiceTicket


class GiveAddress(TicketAction):
    """Whoever takes things in may write down an address later, too."""

    form = AddressForm
    permissions: ClassVar[list[str]] = [
        "repairs_restorals.view_serviceticket",
        "repairs_restorals.add_serviceticket",
    ]

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        email = data["email"]
        try:
            whose = give_address(person=ticket.customer, email=email, request=self.request)
        except CannotJoin as refusal:
            raise AddressRefused(refusal.sentence) from refusal
        if whose != ticket.customer:
            return str(_("All of it stands in the account of %s now.") % whose.email)
        return str(_("Mails about it go to %s from now on.") % email)
