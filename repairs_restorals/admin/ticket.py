from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path

from repairs_restorals.admin import parts, quote_pages, ticket_page
from repairs_restorals.admin.address import GiveAddress
from repairs_restorals.admin.board import Board
from repairs_restorals.admin.custody_pages import InHouse, KeepThing
from repairs_restorals.admin.intake_page import IntakePage
from repairs_restorals.admin.loans import LoansPage
from repairs_restorals.admin.pdf_views import Label, Papers, Receipt
from repairs_restorals.admin.repair_form_page import FormPage
from repairs_restorals.admin.thing_page import ChangeThing
from repairs_restorals.models import ServiceTicket

# The pages of a ticket below its number, by the last part of their addresses.
PAGES = {
    "write": ticket_page.Write,
    "note": ticket_page.Note,
    "photos": ticket_page.AddPhotos,
    "transition": ticket_page.Transition,
    # Where pages lead that were open while this release was deployed; goes with the next.
    "move": ticket_page.Transition,
    "undo": ticket_page.UndoCollected,
    "parts": parts.WaitForParts,
    "arrived": parts.PartsArrived,
    "custody": KeepThing,
    "loans": LoansPage,
    "assign": ticket_page.Assign,
    "link": ticket_page.Link,
    "merge": ticket_page.Merge,
    "task": ticket_page.AddTask,
    "address": GiveAddress,
    "thing": ChangeThing,
    "label": Label,
    "receipt": Receipt,
    "papers": Papers,
    "quote": quote_pages.Draft,
}
LISTS = {"in-house/": ("in-house", InHouse)}
QUOTE_PAGES = {
    "edit": quote_pages.Edit,
    "form": FormPage,
    "preview": quote_pages.Preview,
    "go-ahead": quote_pages.GoAhead,
    "decide": quote_pages.Decide,
}


@admin.register(ServiceTicket)
class TicketAdmin(Board):
    """Tickets come in at the counter and are worked on by buttons; nobody deletes one."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("repairs_restorals.add_serviceticket")

    def get_urls(self) -> list[URLPattern]:
        prefix = "repairs_restorals_serviceticket"
        pages = {f"<int:pk>/{name}/": (name, page) for name, page in PAGES.items()}
        quotes = {
            f"quote/<int:pk>/{name}/": (f"quote_{name}", page) for name, page in QUOTE_PAGES.items()
        }
        own = [
            path(route, self.admin_site.admin_view(page.as_view()), name=f"{prefix}_{name}")
            for route, (name, page) in {**pages, **quotes, **LISTS}.items()
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        return IntakePage.as_view()(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        number = unquote(object_id)
        if not (number.isascii() and number.isdecimal()):
            raise Http404
        view = ticket_page.TicketPage.as_view(http_method_names=["get", "head"])
        return view(request, pk=int(number))
