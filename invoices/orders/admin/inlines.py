"""What an order's page in the admin lists: its things, and what happened to it."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from money.filters import money
from store.admin.mixins import ReadOnlyMixin
from store.models import Order, OrderEvent, OrderLine


class LookedAtInline(ReadOnlyMixin, admin.TabularInline):
    """Nothing that is sent of these rows is read, such as a number of a row that is not there."""

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False


class OrderLineInline(LookedAtInline):
    model = OrderLine
    template = "admin/store/order/lines.html"
    fields = ("title", "piece", "price_then", "shipping_then", "gone")
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> tuple[str, ...]:
        """Without what has nothing to say of any of them."""
        lines = obj.lines.all() if obj else []
        silent = {
            "shipping_then": not any(line.shipping for line in lines),
            "gone": not any(line.is_gone for line in lines),
        }
        return tuple(name for name in self.fields if not silent.get(name))

    @admin.display(description=_("price"))
    def price_then(self, line: OrderLine) -> str:
        return money(line.price, line.order.currency)

    @admin.display(description=_("shipping"))
    def shipping_then(self, line: OrderLine) -> str:
        return money(line.shipping, line.order.currency)

    @admin.display(description=_("taken back"))
    def gone(self, line: OrderLine) -> str:
        at = line.dropped_at or line.taken_back_at
        return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "–"


class OrderEventInline(LookedAtInline):
    model = OrderEvent
    template = "admin/tabular.html"
    fields = ("what", "at", "actor", "words")
    readonly_fields = fields

    @admin.display(description=_("What happened"))
    def what(self, event: OrderEvent) -> str:
        return event.summary

    @admin.display(description=_("note"))
    def words(self, event: OrderEvent) -> str:
        return event.detail or event.note
