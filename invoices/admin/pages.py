"""What every page about invoices in the admin has in common."""

from typing import ClassVar

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from accounts.admin.pages import StaffView
from invoices.models import Invoice, InvoiceEvent, Payment, PaymentAttempt


class InvoiceStaffView(StaffView):
    """A page for those who may see invoices."""

    permissions: ClassVar[list[str]] = ["invoices.view_invoice"]
    model = Invoice
    about = "invoice"


def with_everything() -> QuerySet[Invoice]:
    """Invoices with all that staff may know."""
    events = InvoiceEvent.objects.select_related("actor").order_by("-pk")
    attempts = PaymentAttempt.objects.prefetch_related("refunds__actor")
    related = ["order", "ticket__customer", "corrects__order", "corrects__ticket__customer"]
    return Invoice.objects.select_related(*related).prefetch_related(
        "lines",
        "credit_notes",
        Prefetch("payments", Payment.objects.select_related("actor")),
        Prefetch("events", events),
        Prefetch("attempts", attempts),
    )


def find_invoice(pk: int) -> Invoice:
    return get_object_or_404(with_everything(), pk=pk)
