"""The page on which staff set right what a ticket is about."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from repairs_restorals.admin.forms import ThingForm
from repairs_restorals.admin.pages import TicketStaffView, find_ticket
from repairs_restorals.models import ServiceTicket
from repairs_restorals.services import correct_ticket
from store.exceptions import Refusal


class ChangeThing(TicketStaffView):
    """Set right what a ticket is about."""

    template = "simple_form"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        return self.show(ticket, ThingForm(instance=ticket))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        form = ThingForm(request.POST, instance=ticket)
        if not form.is_valid():
            return self.show(find_ticket(pk), form)
        try:
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            if changed:
                correct_ticket(ticket_id=pk, values=changed, actor=self.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self.show(find_ticket(pk), form)
        messages.success(request, _("Saved."))
        return redirect("admin:repairs_restorals_serviceticket_change", pk)

    def show(self, ticket: ServiceTicket, form: ThingForm) -> HttpResponse:
        note = _("The customer’s own words and limit stay as they were filed.")
        return self.page(_("Change %s") % ticket.reference, ticket=ticket, form=form, note=note)
