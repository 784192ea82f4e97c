"""What every page about invoices in the admin has in common."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from accounts.admin.pages import StaffPage
from invoices.exceptions import AskedAgain, InvoiceChanged, InvoiceFrozen, NothingToPay, TooMuch
from invoices.models import Invoice, InvoiceEvent, Payment, PaymentAttempt

# What services refuse, and how staff are told.
REFUSALS: dict[type[Exception], Any] = {
    InvoiceChanged: _(
        "Nothing was done: something else has happened since you opened this page, see the "
        "history. If you still want it, send it again."
    ),
    InvoiceFrozen: _("It is issued and cannot be changed: a credit note corrects it."),
    NothingToPay: _("Nothing was done: there is nothing to do that for any more."),
    AskedAgain: _(
        "Tick this if the customer is to pay it again. If not, issue a credit note first: it "
        "takes the amount off the invoice."
    ),
    TooMuch: _("That is more than there is."),
}


class MoneyView(StaffPage):
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
    """Raise 404 for what is not there, or has a number that no database can hold."""
    return get_object_or_404(with_everything(), pk=pk if pk < 2**63 else 0)
