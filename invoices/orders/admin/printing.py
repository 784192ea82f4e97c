"""Packing slips and address labels: of one order from its page, of many from the list."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.addresses import site_of
from accounts.admin.pages import StaffView
from accounts.confirmation import confirm_many_papers
from invoices.orders.pdf import address_labels, packing_slips
from outside.heavy import heavy
from store.models import Order
from store.pdf import pdf_answer

ORDERS_A_PRINT = 100
Printed = Callable[[HttpRequest, Sequence[Order]], bytes]


def slips(request: HttpRequest, orders: Sequence[Order]) -> bytes:
    site = site_of(request)
    page = "admin:store_order_change"
    return packing_slips(
        orders, pages={each.pk: site + reverse(page, args=[each.pk]) for each in orders}
    )


def labels(request: HttpRequest, orders: Sequence[Order]) -> bytes:
    return address_labels(orders)


def to_print(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With what is printed of them, the oldest first."""
    return orders.prefetch_related("lines__piece").order_by("pk")


def has_address(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.filter(delivery=Order.Delivery.SHIP)


@method_decorator(never_cache, name="dispatch")
class PackingSlip(StaffView):
    permissions: ClassVar[list[str]] = ["store.view_order"]
    model = Order
    name = "packing-slip"
    printed: Printed = staticmethod(slips)

    @heavy
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        orders = list(self.orders().filter(pk=pk))
        if not orders:
            messages.error(request, _("There is nothing to print of it."))
            return redirect("admin:store_order_changelist")
        return pdf_answer(self.printed(request, orders), f"{orders[0]}-{self.name}.pdf")

    def orders(self) -> QuerySet[Order]:
        return to_print(Order.objects.all())


class AddressLabel(PackingSlip):
    """Of what is collected nobody has asked where it goes."""

    name = "address-label"
    printed: Printed = staticmethod(labels)

    def orders(self) -> QuerySet[Order]:
        return has_address(super().orders())


class PrintingMixin(admin.ModelAdmin):
    """The same of all orders that are chosen in the list."""

    actions = ("print_slips", "print_labels")

    @admin.action(description=gettext_lazy("Print packing slips"), permissions=["view"])
    @heavy
    def print_slips(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self.print_chosen(request, queryset, slips, "packing-slips")

    @admin.action(description=gettext_lazy("Print address labels"), permissions=["view"])
    @heavy
    def print_labels(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self.print_chosen(request, has_address(queryset), labels, "address-labels")

    def print_chosen(
        self, request: HttpRequest, queryset: QuerySet[Order], printed: Printed, name: str
    ) -> HttpResponse | None:
        orders = list(to_print(queryset)[: ORDERS_A_PRINT + 1])
        if not orders:
            self.message_user(request, _("None of these is to be sent."), messages.WARNING)
            return None
        if len(orders) > ORDERS_A_PRINT:
            text = _("These are too many at once: choose %d at most.") % ORDERS_A_PRINT
            self.message_user(request, text, messages.WARNING)
            return None
        confirm_many_papers(request, len(orders), name)
        return pdf_answer(printed(request, orders), f"{name}.pdf")
