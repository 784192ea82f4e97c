"""Where a thing is, on its ticket; and all that belongs to customers, for the insurer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent
from repairs_restorals.admin.custody_forms import CustodyForm, DayForm
from repairs_restorals.admin.pages import TicketStaffView, find_ticket
from repairs_restorals.custody import COLUMNS, cells_of, in_house, keep, sums_of, unknown
from repairs_restorals.models import ServiceTicket
from store.csv_files import csv_response
from store.dialects import Dialect


class KeepThing(TicketStaffView):
    """Say where the thing of a ticket is, and what its owner says that it is worth."""

    template = "simple_form"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        return self.show(ticket, CustodyForm(ticket=ticket))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        form = CustodyForm(request.POST, ticket=ticket)
        if not form.is_valid():
            return self.show(ticket, form)
        data = form.cleaned_data
        place = "" if data["left"] else data["place"].strip()
        keep(ticket_id=ticket.pk, place=place, value=data["value"], actor=self.user)
        text = _("It has left the house.") if data["left"] else _("Noted where it is.")
        messages.success(request, text)
        return redirect("admin:repairs_restorals_serviceticket_change", pk)

    def show(self, ticket: ServiceTicket, form: CustodyForm) -> HttpResponse:
        note = _(
            "What was said before stays, so that the list for the insurer is right for any day."
        )
        return self.page(_("Where is %s?") % ticket, ticket=ticket, form=form, note=note)


class InHouse(TicketStaffView):
    """All that belongs to customers and was here at the end of a day, with sums and as a file."""

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
