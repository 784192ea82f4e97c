"""The list of invoices, what is overdue first, and the addresses of all pages about them."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.mixins import SecretsMixin
from accounts.confirmation import confirm_many_papers
from desk.lists import KeysFirstMixin
from invoices.admin import invoice_page
from invoices.admin.credit_page import CreditPage
from invoices.admin.invoice_page import badge
from invoices.admin.invoice_pdf import InvoicePdf
from invoices.admin.tax_page import DecideTax
from invoices.books.admin_pages import ExportPage, StockBookPage, WithoutGoods
from invoices.documents.pdf import pdf_of
from invoices.models import Invoice
from money.filters import money
from outside.heavy import heavy
from store.admin.mixins import ReadOnlyMixin
from store.pdf import pdf_answer
from typed.references import number_in

State = Invoice.State
# What an invoice is for, by the letter before its printed number.
PRINTED = {"R": "order", "W": "ticket"}
# So many are printed at once.
INVOICES_A_PRINT = 200
# Beside the states: drafts that should be issued, and wait for the shop, or for staff.
TO_ISSUE, LEFT = "to_issue", "left"
# What stands first in the list.
FIRST_STATES = [State.OVERDUE, State.OVERPAID, State.OPEN, State.DEPOSIT]
# The pages of an invoice below its number, by the last part of their addresses.
PAGES: dict[str, Any] = {
    "payment": invoice_page.RecordPayment,
    "back": invoice_page.RefundByHand,
    "refund": invoice_page.RefundCard,
    "remind": invoice_page.Remind,
    "mail": invoice_page.MailAgain,
    "issue": invoice_page.IssueNow,
    "discount": invoice_page.GiveDiscount,
    "tax": DecideTax,
    "restock": invoice_page.Restock,
    "credit": CreditPage,
    "pdf": InvoicePdf,
}
# The pages about all of them.
BOOKS: dict[str, Any] = {
    "export": ExportPage,
    "stock-book": StockBookPage,
    "without-goods": WithoutGoods,
}


class InvoiceStateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        waiting = [(TO_ISSUE, _("waits to be issued")), (LEFT, _("was never issued"))]
        return [*State.choices, *waiting]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Invoice]:
        invoices: QuerySet[Invoice] = queryset
        if self.value() == TO_ISSUE:
            waiting: QuerySet[Invoice] = queryset.to_issue_now()
            return waiting
        if self.value() == LEFT:
            left: QuerySet[Invoice] = queryset.left_unissued()
            return left
        if self.value() not in State.values:
            return invoices
        found: QuerySet[Invoice] = queryset.in_state(self.value())
        # All have the same rank: by what it is told need not be looked up.
        return found.alias(rank=Value(0))


class SubjectFilter(admin.SimpleListFilter):
    """A credit note is for what the invoice is for that it corrects."""

    title = gettext_lazy("for")
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("order", _("orders")), ("ticket", _("tickets"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Invoice]:
        invoices: QuerySet[Invoice] = queryset
        subject = self.value()
        if subject not in PRINTED.values():
            return invoices
        own, corrected = f"{subject}__isnull", f"corrects__{subject}__isnull"
        return invoices.filter(Q(**{own: False}) | Q(**{corrected: False}))


@admin.register(Invoice)
class InvoiceAdmin(KeysFirstMixin, ReadOnlyMixin, SecretsMixin):
    """Invoices are written by services; staff record what happens to them on their pages."""

    secrets: ClassVar[list[str]] = ["secret"]
    change_list_template = "admin/invoices/invoice/change_list.html"
    list_display = [
        "state_badge",
        "__str__",
        "customer",
        "subject_link",
        "sum",
        "left_to_pay",
        "due_on",
        "issued",
    ]
    list_display_links = ["__str__"]
    list_filter = [
        InvoiceStateFilter,
        SubjectFilter,
        "issued_at",
        "due_on",
    ]
    search_fields = [
        "number",
        "order__name",
        "order__email",
        "ticket__title",
        "ticket__customer__name",
        "ticket__customer__email",
        "corrects__number",
        "payments__reference",
    ]
    search_help_text = gettext_lazy(
        "Number, R00012 or W00012, name, e-mail address, title, or reference of a payment"
    )
    list_per_page = 50
    actions = ["print_all"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return Invoice.objects.with_state().with_rank(FIRST_STATES).with_parts()

    @admin.action(description=gettext_lazy("Print the chosen invoices"), permissions=["view"])
    @heavy
    def print_all(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> HttpResponse | None:
        """One PDF of all that are issued, in the order of their numbers."""
        chosen = queryset.filter(number__isnull=False).order_by("issued_at", "pk")
        issued = list(chosen[: INVOICES_A_PRINT + 1])
        if not issued:
            self.message_user(request, _("None of these is issued yet."), messages.WARNING)
            return None
        if len(issued) > INVOICES_A_PRINT:
            text = _("These are too many at once: choose %d at most.") % INVOICES_A_PRINT
            self.message_user(request, text, messages.WARNING)
            return None
        confirm_many_papers(request, len(issued), "invoices")
        return pdf_answer(pdf_of(*issued), "invoices.pdf")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What is overdue first; before that, the invoice whose number ends as it is typed."""
        term = request.GET.get("q", "").strip()
        if not (term.isascii() and term.isdecimal()):
            return ["rank", "-pk"]
        ends = When(number__endswith=f"-{term:0>4}", then=Value(0))
        return [Case(ends, default=Value(1)), "rank", "-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invoice], search_term: str
    ) -> tuple[QuerySet[Invoice], bool]:
        """Also by the number of the order or ticket as it is printed: R00012, W00012.

        Who types a whole number gets the invoice of it alone.
        """
        exact = queryset.filter(number__iexact=search_term.strip())
        if exact.exists():
            return exact, False
        kind = search_term.strip().upper()[:1]
        number = number_in(search_term, kind) if kind in PRINTED else None
        if number is not None:
            return queryset.filter(**{PRINTED[kind]: number}), False
        return super().get_search_results(request, queryset, search_term)

    def has_change_permission(self, request: HttpRequest, obj: Invoice | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(page.as_view()),
                name=f"invoices_invoice_{name}",
            )
            for name, page in PAGES.items()
        ]
        books = [
            path(f"{name}/", self.admin_site.admin_view(page.as_view()), name=f"invoices_{name}")
            for name, page in BOOKS.items()
        ]
        return [*own, *books, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        number = unquote(object_id)
        if not (number.isascii() and number.isdecimal()):
            raise Http404
        view = invoice_page.InvoicePage.as_view(http_method_names=["get", "head"])
        return view(request, pk=int(number))

    @admin.display(description=gettext_lazy("state"), ordering="rank")
    def state_badge(self, invoice: Invoice) -> SafeString:
        return badge(invoice)

    @admin.display(description=gettext_lazy("for"), ordering="pk")
    def subject_link(self, invoice: Invoice) -> str:
        """The order or ticket, with a link to it."""
        subject = invoice.subject
        if subject is None:
            return "–"
        name = f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(name, args=[subject.pk]), subject)

    @admin.display(description=gettext_lazy("customer"))
    def customer(self, invoice: Invoice) -> str:
        payer = invoice.payer
        return payer.name or payer.email

    @admin.display(description=gettext_lazy("total"), ordering="left")
    def sum(self, invoice: Invoice) -> str:
        return money(invoice.left_of_total, invoice.currency)

    @admin.display(description=gettext_lazy("balance"), ordering="balance_due")
    def left_to_pay(self, invoice: Invoice) -> str:
        return money(invoice.balance, invoice.currency)

    @admin.display(description=gettext_lazy("issued"), ordering="issued_at")
    def issued(self, invoice: Invoice) -> str:
        return date_format(invoice.issued_on, "SHORT_DATE_FORMAT") if invoice.issued_on else "–"
