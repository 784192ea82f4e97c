"""What every page of the workshop in the admin has in common."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.addresses import site_of
from accounts.models import User
from repairs_restorals.admin.board import for_board
from repairs_restorals.exceptions import (
    MoveNotAllowed,
    OverLimit,
    QuoteEmpty,
    QuoteFrozen,
    QuoteNotOpen,
    TicketClosed,
    WorkRefused,
)
from repairs_restorals.models import ServiceTicket, TicketMessage

# What services refuse, and how staff are told.
REFUSALS: dict[type[Exception], Any] = {
    MoveNotAllowed: _("That is not possible now: the ticket has moved on."),
    TicketClosed: _("This ticket is closed and takes nothing more."),
    QuoteEmpty: _("A quote needs a line at least."),
    QuoteFrozen: _("This quote was sent meanwhile and cannot be changed."),
    QuoteNotOpen: _("Somebody was quicker: this quote cannot be sent or answered any more."),
    WorkRefused: _("Work begins when the deposit is paid: record it on the invoice first."),
    OverLimit: _("The customer did not allow this without asking."),
}


class WorkshopView(View):
    """A page for those who may change tickets. `admin_view` has sent others to the log-in."""

    permissions: ClassVar[list[str]] = ["repairs_restorals.change_serviceticket"]
    template = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perms(self.permissions):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @property
    def site(self) -> str:
        return site_of(self.request)

    def page(self, title: Any, **context: Any) -> HttpResponse:
        whole = {
            **admin.site.each_context(self.request),
            "opts": ServiceTicket._meta,
            "title": title,
            **context,
        }
        return render(self.request, f"admin/repairs_restorals/{self.template}.html", whole)


def with_everything() -> QuerySet[ServiceTicket]:
    """Tickets with all that staff may know, which is more than customers see."""
    talk = TicketMessage.objects.select_related("author").prefetch_related("images")
    tickets = for_board(ServiceTicket.objects.all())
    related = [
        "customer__customer",
        "assignee",
        "category",
        "piece__item",
        "merged_into",
        "invoice",
    ]
    return tickets.select_related(*related).prefetch_related(
        Prefetch("messages", talk.order_by("-pk"), to_attr="talk"),
        "images__message",
        "events__actor",
        "quotes__lines",
        "quotes__decided_by",
        "tasks__assignee",
        "merged",
        "shown",
        "invoice__payments",
        "invoice__credit_notes",
    )


def find_ticket(pk: int) -> ServiceTicket:
    """Raise 404 for what is not there, or has a number that no database can hold."""
    return get_object_or_404(with_everything(), pk=pk if pk < 2**63 else 0)
