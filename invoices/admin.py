from itertools import chain
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.addresses import site_of
from accounts.models import User
from invoices.exceptions import StillPayable
from invoices.forms import MoveForm
from invoices.models import Invoice, InvoiceLine
from invoices.services import move_and_tell
from store.admin.guard import ReadOnlyMixin
from store.exceptions import MoveNotAllowed
from store.models import Order, OrderEvent, OrderLine
from store.templatetags.money import money


class OrderLineInline(ReadOnlyMixin, admin.TabularInline):
    model = OrderLine
    fields = ("title", "piece", "price", "shipping")
    readonly_fields = fields


class OrderEventInline(ReadOnlyMixin, admin.TabularInline):
    model = OrderEvent
    fields = ("story", "at", "actor", "note")
    readonly_fields = fields


class ToDoFilter(admin.SimpleListFilter):
    """The orders that ask something of somebody."""

    title = _("to do")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("pay", _("waiting for payment")),
            ("late", _("payment overdue")),
            ("prepare", _("to prepare or send")),
            ("collect", _("waiting to be collected")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        open_ = queryset.filter(state=Order.State.OPEN)
        waiting = queryset.exclude(state=Order.State.CANCELLED).filter(paid_at=None)
        match self.value():
            case "pay":
                return waiting
            case "late":
                return waiting.filter(pay_by__lt=Now())
            case "prepare":
                at_shop = open_.filter(payment_method=Order.PayBy.SHOP)
                return open_.filter(paid_at__isnull=False) | at_shop
            case "collect":
                return queryset.filter(state=Order.State.READY)
        return queryset


@admin.register(Order)
class OrderAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Orders are read here and moved by buttons; what was ordered is never edited."""

    change_form_template = "admin/store/order/change_form.html"
    # State and payment first: the last columns of a wide list are out of sight.
    list_display = ["reference", "state", "paid_at", "name", "what", "sum", "delivery", "placed_at"]
    list_filter = [ToDoFilter, "state", "delivery", "payment_method", "placed_at"]
    search_fields = ["=pk", "name", "email", "lines__title", "lines__piece__stock_number"]
    search_help_text = _("Number, name, e-mail address, title or stock number")
    list_per_page = 50
    inlines = [OrderLineInline, OrderEventInline]
    fields = [
        "reference",
        "placed_at",
        ("state", "tracking"),
        ("sum", "payment_method", "paid_at", "pay_by"),
        ("name", "email", "phone", "customer"),
        ("delivery", "address"),
        "note",
    ]
    readonly_fields = [
        "reference", "placed_at", "state", "tracking", "sum", "payment_method", "paid_at",
        "pay_by", "name", "email", "phone", "customer", "delivery", "address", "note",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return super().get_queryset(request).prefetch_related("lines")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        # People read the number out as it is printed: R00012.
        number = search_term.strip().upper().removeprefix("R")
        term = number.lstrip("0") if number.isdigit() else search_term
        return super().get_search_results(request, queryset, term)

    @admin.display(description=_("order"), ordering="pk")
    def reference(self, order: Order) -> str:
        return order.reference

    @admin.display(description=_("things"))
    def what(self, order: Order) -> str:
        return ", ".join(line.title for line in order.lines.all())

    @admin.display(description=_("total"))
    def sum(self, order: Order) -> str:
        return money(order.total)

    @admin.display(description=_("address"))
    def address(self, order: Order) -> str:
        return ", ".join(order.address_lines) or "–"

    def get_urls(self) -> list[URLPattern]:
        move = self.admin_site.admin_view(require_POST(self.move_view))
        return [path("<int:pk>/move/", move, name="store_order_move"), *super().get_urls()]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the move of the button that was pressed, mail it, and say so."""
        order = get_object_or_404(Order, pk=pk)
        if not self.has_change_permission(request, order) or not isinstance(request.user, User):
            raise PermissionDenied
        form = MoveForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(map(str, chain(*form.errors.values()))))
            return redirect("admin:store_order_change", pk)
        move = Order.Move(form.cleaned_data["move"])
        try:
            move_and_tell(
                order_id=pk,
                move=move,
                actor=request.user,
                site=site_of(request),
                tracking=form.cleaned_data["tracking"] if move == Order.Move.SHIP else "",
            )
        except MoveNotAllowed:
            messages.error(request, _("That is not possible now: the order has moved on."))
        except StillPayable:
            messages.error(
                request, _("Somebody may be paying it by card just now: try it again in a minute.")
            )
        else:
            self.log_change(request, order, str(move.label))
            messages.success(request, _("Done, and the customer has been told."))
        return redirect("admin:store_order_change", pk)


# What an invoice is for, by the letter before its printed number.
PRINTED = {"R": "order", "W": "ticket"}
# Longer ones are none of ours, and no database could look for them.
NUMBERS = 10


class InvoiceLineInline(ReadOnlyMixin, admin.TabularInline):
    model = InvoiceLine
    fields = ("description", "quantity", "price", "tax_rate", "sum")
    readonly_fields = fields

    @admin.display(description=_("total"))
    def sum(self, line: InvoiceLine) -> str:
        return money(line.total)

    def has_change_permission(self, request: HttpRequest, obj: Invoice | None = None) -> bool:
        return False


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Invoices are read here; signals and services write them."""

    list_display = ["__str__", "subject_link", "sum", "created_at"]
    list_filter = [("ticket", admin.EmptyFieldListFilter), "created_at"]
    search_fields = [
        "=number",
        "order__name",
        "order__email",
        "ticket__title",
        "ticket__customer__email",
    ]
    list_per_page = 50
    fields = ("subject_link", "customer", "number", "sum", "tax", "deposit", "created_at")
    readonly_fields = fields
    inlines = [InvoiceLineInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return Invoice.objects.with_parts()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invoice], search_term: str
    ) -> tuple[QuerySet[Invoice], bool]:
        """Also by the number of the order or ticket as it is printed: R00012, W00012."""
        kind, number = search_term.strip().upper()[:1], search_term.strip()[1:]
        if kind in PRINTED and number.isdecimal() and len(number) < NUMBERS:
            return queryset.filter(**{PRINTED[kind]: int(number)}), False
        return super().get_search_results(request, queryset, search_term)

    def has_change_permission(self, request: HttpRequest, obj: Invoice | None = None) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: Invoice | None) -> list[Any]:
        return [*self.inlines]

    @admin.display(description=_("for"), ordering="pk")
    def subject_link(self, invoice: Invoice) -> str:
        """The order or ticket, with a link to it."""
        subject = invoice.subject
        if subject is None:
            return "–"
        name = f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(name, args=[subject.pk]), subject)

    @admin.display(description=_("customer"))
    def customer(self, invoice: Invoice) -> str:
        payer = invoice.order or (invoice.ticket and invoice.ticket.customer)
        return f"{payer.name}, {payer.email}" if payer else "–"

    @admin.display(description=_("total"))
    def sum(self, invoice: Invoice) -> str:
        return money(invoice.total)

    @admin.display(description=_("tax in it"))
    def tax(self, invoice: Invoice) -> str:
        taxes = [f"{rate.normalize():f} %: {money(tax)}" for rate, tax in invoice.taxes.items()]
        return ", ".join(taxes) or "–"
