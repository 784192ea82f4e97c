"""What is held, by whom and until when."""

from datetime import timedelta
from math import ceil
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.mixins import SecretsMixin
from bag.models import Hold, WaitlistEntry
from store.admin.mixins import ReadOnlyMixin
from store.admin.piece_states import moment
from store.admin.pieces import PURCHASE
from store.admin.timeline import person
from store.models import WAITLIST_PREFIX, PieceEvent

MINUTE = timedelta(minutes=1)


class HolderFilter(admin.SimpleListFilter):
    title = _("holder")
    parameter_name = "holder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("visitors", _("visitors")),
            ("customers", _("customers")),
            ("line", _("the next in line")),
            ("reserved", _("reserved by staff")),
            ("others", _("all but those reserved by staff")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Hold]:
        holds: QuerySet[Hold] = queryset
        offered = Q(held_by__startswith=WAITLIST_PREFIX)
        in_bags: QuerySet[Hold] = queryset.unreserved().exclude(offered)
        match self.value():
            case "visitors":
                return in_bags.filter(held_for=None)
            case "customers":
                return in_bags.exclude(held_for=None)
            case "line":
                return holds.filter(offered)
            case "reserved":
                holds = queryset.reserved()
            case "others":
                holds = queryset.unreserved()
        return holds


class EndFilter(admin.SimpleListFilter):
    title = _("end")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("today", _("today"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Hold]:
        holds: QuerySet[Hold] = queryset.ending_today() if self.value() == "today" else queryset
        return holds


class HoldList(ReadOnlyMixin, SecretsMixin):
    """The list of what is held now."""

    # A hold is a piece: what that was bought for is not for everybody who sees holds.
    secrets: ClassVar[list[str]] = ["held_by", *PURCHASE]
    list_display = ["piece", "thing", "until", "by_whom", "since", "renewed", "waiting"]
    list_filter = [HolderFilter, EndFilter]
    search_fields = ["stock_number", "item__title", "held_for__email", "held_for__name"]
    search_help_text = _("Stock number, title, or name or e-mail address of a customer")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        """Annotate `now` and `time_left` by the database's clock, `waiting` and `reason`."""
        holds = cast("QuerySet[Hold]", Hold.objects.held_by_people().with_time_left())
        entries = WaitlistEntry.objects.waiting().filter(item=OuterRef("item"))
        reserved = PieceEvent.objects.filter(piece=OuterRef("pk"), kind=PieceEvent.Kind.RESERVED)
        return holds.select_related("item", "held_for").annotate(
            now=Now(),
            waiting=entries.count_by_item(),
            reason=Subquery(reserved.order_by("-pk").values("note")[:1]),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": _("What is held now")}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    @admin.display(description=_("piece"), ordering="stock_number")
    def piece(self, hold: Hold) -> str:
        return hold.stock_number

    @admin.display(description=_("thing"), ordering="item__title")
    def thing(self, hold: Hold) -> str:
        return hold.item.title

    @admin.display(description=_("by whom"))
    def by_whom(self, hold: Any) -> SafeString | str:
        customer = person(hold.held_for) if hold.held_for else ""
        if hold.is_reserved:
            return format_html("{}: {} {}", _("reserved"), customer, hold.reason or "")
        if hold.is_offered:
            return format_html("{} {}", _("next in line"), customer)
        return customer or str(_("a visitor"))

    @admin.display(description=_("since"), ordering="held_since")
    def since(self, hold: Any) -> str:
        return moment(hold.held_since)

    @admin.display(description=_("until"), ordering="held_until")
    def until(self, hold: Any) -> str:
        """The time, and for the last hour how many minutes that is."""
        minutes, until = ceil(hold.time_left / MINUTE), moment(hold.held_until)
        if minutes > 60:
            return until
        text = ngettext("%(until)s, in %(n)d minute", "%(until)s, in %(n)d minutes", minutes)
        return text % {"until": until, "n": minutes}

    @admin.display(description=_("renewed"), ordering="renewals")
    def renewed(self, hold: Hold) -> str:
        if not hold.renewals:
            return str(_("never"))
        return ngettext("%d time", "%d times", hold.renewals) % hold.renewals

    @admin.display(description=_("wait in line"), ordering="waiting")
    def waiting(self, hold: Any) -> int:
        """Only how many: their addresses are nobody's business."""
        return int(hold.waiting)
