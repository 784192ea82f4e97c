"""Loan items of a ticket: lent and taken back on a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from repairs_restorals.admin.loan_forms import LoanForm
from repairs_restorals.admin.pages import TicketStaffView, find_ticket
from repairs_restorals.loans import lend, take_loan_back
from repairs_restorals.models import ServiceTicket
from store.exceptions import Refusal


class LoansPage(TicketStaffView):
    template = "loans"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        return self.show(ticket, LoanForm(ticket=ticket))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        ticket = find_ticket(pk)
        if loan := request.POST.get("back", ""):
            return self.take_back(ticket, loan)
        form = LoanForm(request.POST, ticket=ticket)
        if not form.is_valid():
            return self.show(ticket, form)
        piece, day = form.cleaned_data["piece"], form.cleaned_data["due_on"]
        try:
            lend(ticket_id=pk, piece_id=piece.pk, due_on=day, actor=self.user)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.show(ticket, form)
        messages.success(request, _("Lent. The customer reads it on the ticket."))
        return redirect("admin:repairs_restorals_serviceticket_change", pk)

    def take_back(self, ticket: ServiceTicket, loan: str) -> HttpResponse:
        mine = {str(each.pk): each.pk for each in ticket.loans.all()}
        if loan in mine and take_loan_back(ticket_id=ticket.pk, loan_id=mine[loan]):
            messages.success(self.request, _("The loan item is here again."))
        return redirect("admin:repairs_restorals_serviceticket_loans", ticket.pk)

    def show(self, ticket: ServiceTicket, form: LoanForm) -> HttpResponse:
        loans = ticket.loans.select_related("piece__item")
        return self.page(_("Loan items for %s") % ticket, ticket=ticket, form=form, loans=loans)
