"""How an order was paid: asked before it is marked so."""

from typing import Any, ClassVar, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.admin.forms import PaymentForm
from invoices.admin.invoice_page import summary_of
from invoices.admin.pages import InvoiceStaffView, find_invoice
from invoices.exceptions import TooMuch
from invoices.models import Invoice
from invoices.payments.actions import take_payment
from invoices.rights import MAY_RECORD
from store.exceptions import VersionChanged
from store.models import Order
from store.renamed_fields import with_new_names


def is_payable(order: Order) -> bool:
    """Whether money for it is still to come, so that there is something to ask about."""
    invoice = getattr(order, "invoice", None)
    return (
        invoice is not None
        and Order.Transition.PAY in order.allowed_transitions
        and invoice.balance > 0
    )


class PayOrder(InvoiceStaffView):
    """Record the payment of an order. What is paid in part leads to its invoice."""

    permissions: ClassVar[list[str]] = ["store.change_order", *MAY_RECORD]
    template = "pay_order"
    title: ClassVar[Any] = gettext_lazy("Payment of %s")
    hands_out = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self.find(pk)
        if not is_payable(cast(Order, invoice.order)):
            messages.error(request, _("That is not possible now: the order has moved on."))
            return redirect("admin:store_order_change", pk)
        return self.show(invoice, PaymentForm(invoice=invoice, version=invoice.version))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self.find(pk)
        form = PaymentForm(with_new_names(request.POST), invoice=invoice, version=invoice.version)
        if not form.is_valid():
            return self.show(invoice, form)
        try:
            payment = take_payment(
                invoice_id=invoice.pk,
                version=form.cleaned_data["version"],
                received=form.received,
                actor=self.user,
                more=form.cleaned_data["more"],
                hands_out=self.hands_out,
            )
        except TooMuch:
            form.add_error("amount", form.too_much)
            return self.show(invoice, form)
        except VersionChanged as refusal:
            form.invoice = invoice = self.find(pk)
            messages.error(request, f"{refusal.sentence} {form.still_left}")
            form.show_version_of(invoice)
            return self.show(invoice, form)
        messages.success(request, summary_of(payment))
        return self.go_on(self.find(pk))

    def go_on(self, invoice: Invoice) -> HttpResponse:
        if invoice.balance > 0:
            return redirect("admin:invoices_invoice_change", invoice.pk)
        return redirect("admin:store_order_change", invoice.order_id)

    def find(self, order_id: int) -> Invoice:
        # Django leaves it to the database how large a foreign key may be.
        order_id = order_id if order_id < 2**63 else 0
        return find_invoice(get_object_or_404(Invoice, order=order_id).pk)

    def show(self, invoice: Invoice, form: PaymentForm) -> HttpResponse:
        title = self.title % invoice.order
        return self.page(title, invoice=invoice, form=form, hands_out=self.hands_out)


class HandOut(PayOrder):
    """Take the payment of what somebody collects, and hand it out, in one go."""

    title: ClassVar[Any] = gettext_lazy("%s is collected")
    hands_out = True

    def go_on(self, invoice: Invoice) -> HttpResponse:
        order = cast(Order, invoice.order)
        if invoice.balance <= 0 and order.state != Order.State.COLLECTED:
            messages.error(self.request, order.moved_on)
        return super().go_on(invoice)
