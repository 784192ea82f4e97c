"""The e-mail address of a customer who had none at the counter."""

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.confirmation import require_confirmation
from accounts.joining import CannotJoin, give_address
from accounts.models import User
from mail.telling import gets_mail
from repairs_restorals.admin.forms import AddressForm
from repairs_restorals.admin.ticket_page import TicketAction
from repairs_restorals.exceptions import AddressRefused
from repairs_restorals.intake import doubt_addresses
from repairs_restorals.models import Quote, ServiceTicket, TicketImage, TicketMessage
from repairs_restorals.models.photos import sees_work


class GiveAddress(TicketAction):
    """Whoever takes things in may write down an address later, too.

    Whoever reads its mail reads all that was written to this customer: who may not see that, and
    might give an address of their own, leaves it to those who see it.
    """

    form = AddressForm
    permissions: ClassVar[list[str]] = [
        "repairs_restorals.view_serviceticket",
        "repairs_restorals.add_serviceticket",
    ]

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        require_confirmation(self.request)
        if not sees_work(self.user) and has_work_of_others(ticket.customer, self.user):
            raise AddressRefused(
                _(
                    "Whoever has this address reads what the workshop has written and photographed "
                    "for this customer, which you do not see: ask a colleague of the workshop, or "
                    "a manager, to write it down."
                )
            )
        email = data["email"]
        try:
            with transaction.atomic():
                doubt_addresses(
                    ServiceTicket.objects.filter(customer=ticket.customer_id), self.user
                )
                whose = give_address(person=ticket.customer, email=email, request=self.request)
        except CannotJoin as refusal:
            raise AddressRefused(refusal.sentence) from refusal
        if whose != ticket.customer:
            return str(_("All of it stands in the account of %s now.") % whose.email)
        if not gets_mail(email):
            return str(_("The address is written down: %s.") % email)
        return str(_("Mails about it go to %s from now on.") % email)


def has_work_of_others(customer: User, colleague: User) -> bool:
    """Whether a customer may read what somebody else than this colleague has put there."""
    theirs = Q(ticket__customer=customer)
    photos = TicketImage.objects.public().filter(theirs).exclude(added_by=colleague)
    rows = [TicketMessage.objects.filter(theirs, internal=False), Quote.objects.shown(), photos]
    return any(each.filter(theirs).exists() for each in rows)
