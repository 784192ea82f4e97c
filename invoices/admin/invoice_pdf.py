"""An invoice as staff print it: who may only look needs no link of the customer's for that."""

from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.admin.pages import StaffView
from invoices.admin.pages import find_invoice
from invoices.documents.pdf import file_name, pdf_of
from invoices.models import Invoice
from outside.heavy import heavy
from store.pdf import pdf_answer


@method_decorator(never_cache, name="dispatch")
class InvoicePdf(StaffView):
    permissions: ClassVar[list[str]] = ["invoices.view_invoice"]
    model = Invoice

    @heavy
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = find_invoice(pk)
        if not invoice.is_shown:
            raise Http404
        return pdf_answer(pdf_of(invoice), file_name(invoice))
