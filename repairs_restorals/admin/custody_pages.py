"""Where a thing is, on its ticket; and all that belongs to customers, for the insurer."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent
from repairs_restorals.admin.custody_forms import CustodyForm, DayForm
from repairs_restorals.admin.pages import TicketStaffView
from repairs_restorals.admin.ticket_page import TicketAction
from repairs_restorals.custody import COLUMNS, cells_of, in_house, keep, sums_of, unknown
from repairs_restorals.models import ServiceTicket
from store.csv_files import csv_response
from store.dialects import Dialect


class KeepThing(TicketAction):
    form = CustodyForm

    def act(self, ticket: ServiceTicket, data: dict[str, Any]) -> str:
        place = "" if data["left"] else data["place"].strip()
        keep(ticket_id=ticket.pk, place=place, value=data["value"], actor=self.user)
        return _("It has left the house.") if data["left"] else _("Noted where it is.")


class InHouse(TicketStaffView):
    """All that belongs to customers and was here at the end of a day, with sums and as a file."""

    permissions: ClassVar[list[str]] = ["repairs_restorals.view_serviceticket"]
    template = "in_house"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        today = {"day": timezone.localdate()}
        form = DayForm(request.GET if "day" in request.GET else today)
        if not form.is_valid():
            return self.page(_("Things of customers"), form=form)
        day = form.cleaned_data["day"]
        things = list(in_house(day))
        if "csv" in request.GET:
            require_confirmation(request, SecurityEvent.EXPORTED, "things of customers")
            name = f"things-of-customers-{day:%Y%m%d}.csv"
            return csv_response(name, COLUMNS, cells_of(things), Dialect.of_reader())
        return self.page(
            _("Things of customers"),
            form=form,
            day=day,
            things=things,
            sums=sums_of(things),
            without_value=sum(thing.value is None for thing in things),
            unknown=unknown().select_related("customer"),
        )
