"""Invoices as customers see them."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView, ListView

from accounts.linked import find_by_link
from accounts.models import User
from bag.session import Bag
from invoices.card_limits import why_no_card
from invoices.documents.pdf import file_name, pdf_of
from invoices.documents.pdf.content import content_of
from invoices.models import Invoice
from outside.heavy import heavy
from store.models import Order
from store.pdf import pdf_answer


def knows_order(request: HttpRequest, order: Order) -> bool:
    """Whether a visitor has an order otherwise than by the link of its invoice."""
    mine = isinstance(request.user, User) and order.customer_id == request.user.pk
    return mine or Bag(request).key == order.bag_key


class SecretMixin(DetailView):
    """An invoice, a credit note or a request for a deposit, for whoever has its address.

    A draft that asks for nothing is nobody's business yet.
    """

    def get_queryset(self) -> QuerySet[Invoice]:
        return Invoice.objects.with_parts()

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Invoice:
        invoice = find_by_link(self.get_queryset(), self.kwargs["secret"], self.request.user)
        if not self.is_for_customers(invoice):
            raise Http404
        return invoice

    def is_for_customers(self, invoice: Invoice) -> bool:
        return invoice.is_shown


@method_decorator(never_cache, name="dispatch")
class InvoiceView(SecretMixin):
    template_name = "invoices/invoice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        order = self.object.order
        context["knows_order"] = order is not None and knows_order(self.request, order)
        context["document"] = content_of(self.object)
        context["cards"] = bool(settings.STRIPE_SECRET_KEY)
        context["no_card"] = why_no_card(self.object.due_now, self.object.currency)
        return context


@method_decorator(never_cache, name="dispatch")
class PdfView(SecretMixin):
    @heavy
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        invoice = self.get_object()
        return pdf_answer(pdf_of(invoice), file_name(invoice))


@method_decorator(never_cache, name="dispatch")
class CodeView(SecretMixin):
    """The code for a bank's app, as an image of its own: pages hold no inline styles."""

    def is_for_customers(self, invoice: Invoice) -> bool:
        """Also of an order that is paid before it is billed: its page shows the code."""
        return invoice.is_shown or invoice.order_id is not None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (code := content_of(self.get_object()).code):
            raise Http404
        return HttpResponse(code, content_type="image/svg+xml; charset=utf-8")


@method_decorator(never_cache, name="dispatch")
class InvoiceListView(LoginRequiredMixin, ListView):
    """What somebody with an account has been billed, newest first."""

    template_name = "invoices/invoice_list.html"
    context_object_name = "invoices"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Invoice]:
        mine = Invoice.objects.for_customer(cast(User, self.request.user)).with_parts()
        return mine.shown().order_by("-issued_at", "-pk")
