"""The board: the tickets that are open, what each waits for, and since when."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.admin.mixins import SecretsMixin
from accounts.admin.phones import PhoneSearchMixin
from desk.lists import KeysFirstMixin
from repairs_restorals.models import (
    ServiceTicket,
    Status,
    TicketImage,
    TicketQuerySet,
)
from repairs_restorals.models.photos import sees_work
from store.admin.mixins import ReadOnlyMixin
from store.admin.printed_numbers import PrintedNumberMixin
from store.panels import bill_of, may_see_bills


def for_board(tickets: TicketQuerySet) -> TicketQuerySet:
    """Fetch what `awaits` asks for; annotate `since`, and `photo`: the number of the first one."""
    images = TicketImage.objects.filter(ticket=OuterRef("pk")).order_by("pk")
    first = Subquery(images.values("pk")[:1])
    return tickets.with_since().with_awaits().annotate(photo=first)


class TicketStateFilter(admin.SimpleListFilter):
    """Open tickets, unless something else is asked for; a search looks at all of them."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.is_search = bool(request.GET.get("q"))
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("any", _("all")), *Status.choices]

    def choices(self, changelist: Any) -> Any:
        default, *others = super().choices(changelist)
        return [{**default, "display": _("all found") if self.is_search else _("open")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> TicketQuerySet:
        tickets: TicketQuerySet = queryset
        if self.value() in Status.values:
            return tickets.filter(status=self.value())
        return tickets if self.value() == "any" or self.is_search else tickets.open()


class AttentionFilter(admin.SimpleListFilter):
    """Tickets that have waited for too long."""

    title = gettext_lazy("attention")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("answer", _("the customer has written last")),
            ("untouched", _("untouched for 7 days")),
            ("unanswered", _("quote unanswered for 7 days")),
            ("parts", _("waits for parts")),
            ("uncollected", _("ready for 7 days, not collected")),
            ("overdue", _("overdue")),
            ("loans", _("a loan item is to come back")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> TicketQuerySet:
        tickets: TicketQuerySet = queryset
        match self.value():
            case "answer":
                return tickets.to_answer()
            case "untouched":
                return tickets.untouched()
            case "unanswered":
                return tickets.unanswered()
            case "parts":
                return tickets.for_parts()
            case "uncollected":
                return tickets.uncollected()
            case "loans":
                return tickets.with_late_loans()
            case "overdue":
                return tickets.overdue()
        return tickets


class AssigneeFilter(admin.SimpleListFilter):
    title = gettext_lazy("assigned to")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", _("me")), ("nobody", _("nobody"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> TicketQuerySet:
        tickets: TicketQuerySet = queryset
        match self.value():
            case "mine":
                return tickets.filter(assignee=request.user.pk)
            case "nobody":
                return tickets.filter(assignee=None)
        return tickets


class Board(PhoneSearchMixin, PrintedNumberMixin, KeysFirstMixin, ReadOnlyMixin, SecretsMixin):
    letter = "W"
    secrets: ClassVar[list[str]] = ["status_secret", "first_link", "idempotency_key"]
    change_list_template = "admin/repairs_restorals/serviceticket/change_list.html"
    list_display = [
        "thumbnail",
        "thing",
        "state",
        "waits_for",
        "due",
        "to_pay",
        "by_whom",
        "assigned",
    ]
    list_display_links = ["thing"]
    list_filter = [AttentionFilter, AssigneeFilter, TicketStateFilter]
    list_per_page = 50
    ordering = ["-touched_at"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = [
        "title",
        "serial_number",
        "customer__name",
        "customer__email",
        "customer__customer__phone",
        "piece__stock_number",
    ]
    phone_fields: ClassVar[list[str]] = ["customer__customer__phone"]
    search_help_text = gettext_lazy(
        "W00012, title, serial or stock number, or name, e-mail address or phone of the customer"
    )

    def get_queryset(self, request: HttpRequest) -> TicketQuerySet:
        return for_board(ServiceTicket.objects.select_related("customer", "assignee"))

    def get_list_display(self, request: HttpRequest) -> Any:
        hidden = set()
        if not may_see_bills(request.user, ServiceTicket):
            hidden.add("to_pay")
        if not sees_work(request.user):
            hidden.add("thumbnail")
        return [column for column in super().get_list_display(request) if column not in hidden]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        title = {"title": _("On the bench")}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    @admin.display(description=gettext_lazy("photo"))
    def thumbnail(self, ticket: Any) -> SafeString | str:
        if ticket.photo is None:
            return ""
        source = reverse("repairs:photo", args=[ticket.pk, ticket.photo, "thumb"])
        return format_html('<img class="thumb" src="{}" alt="" loading="lazy">', source)

    @admin.display(description=gettext_lazy("ticket"), ordering="pk")
    def thing(self, ticket: ServiceTicket) -> SafeString:
        return format_html("{}<br>{}", ticket.reference, ticket.title)

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, ticket: Any) -> SafeString:
        return format_html("{} {}", badge(ticket), age(ticket))

    @admin.display(description=pgettext_lazy("what a ticket waits for", "waits for"))
    def waits_for(self, ticket: Any) -> str:
        return str(ticket.awaits.for_staff or "–")

    @admin.display(description=gettext_lazy("due"), ordering="due_on")
    def due(self, ticket: ServiceTicket) -> SafeString | str:
        return due(ticket)

    @admin.display(description=gettext_lazy("to be paid"))
    def to_pay(self, ticket: ServiceTicket) -> str:
        return bill_of(ticket).remark or "–"

    @admin.display(description=gettext_lazy("customer"), ordering="customer__name")
    def by_whom(self, ticket: ServiceTicket) -> str:
        return ticket.customer.name

    @admin.display(
        description=pgettext_lazy("who works on a ticket", "who"), ordering="assignee__name"
    )
    def assigned(self, ticket: ServiceTicket) -> str:
        return ticket.assignee.name if ticket.assignee else "–"


def badge(ticket: ServiceTicket) -> SafeString:
    label = ticket.get_status_display()
    return format_html('<span class="state state--{}">{}</span>', ticket.status, label)


def age(ticket: Any) -> str:
    """How long a ticket has been as it is. Needs `since`."""
    if timezone.now() - ticket.since < timedelta(hours=1):
        return _("just now")
    return _("for %(time)s") % {"time": timesince(ticket.since, depth=1)}


def due(ticket: ServiceTicket) -> SafeString | str:
    if not ticket.due_on:
        return "–"
    day = date_format(ticket.due_on, "SHORT_DATE_FORMAT")
    if not ticket.is_overdue:
        return day
    return format_html('{} <strong class="overdue">{}</strong>', day, _("overdue"))
