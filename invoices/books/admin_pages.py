"""The accountant's files, the stock book, and the list that must be empty."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent
from invoices.admin.pages import InvoiceStaffView
from invoices.books.accounting import (
    CLOSE_COLUMNS,
    INVOICE_COLUMNS,
    PAYMENT_COLUMNS,
    close_rows,
    invoice_rows,
    payment_rows,
)
from invoices.books.forms import PeriodForm, StockBookForm, presets
from invoices.books.one_stop_shop import OSS_COLUMNS, oss_rows
from invoices.books.stock_book import COLUMNS, StockBook
from invoices.books.stock_rows import sums_by_currency
from invoices.models import Invoice, Refund
from invoices.payments.alerts import open_disputes, stuck_refunds
from store.csv_files import csv_response
from store.dialects import Dialect

MAX_ROWS_SHOWN = 100
FILES = {
    "invoices": (INVOICE_COLUMNS, invoice_rows),
    "payments": (PAYMENT_COLUMNS, payment_rows),
    "closes": (CLOSE_COLUMNS, close_rows),
    "oss": (OSS_COLUMNS, oss_rows),
}


def name_of(what: str, start: date | None, end: date | None) -> str:
    return "-".join([what, *(f"{day:%Y%m%d}" for day in (start, end) if day)]) + ".csv"


class ExportPage(InvoiceStaffView):
    """Invoices, payments, day closes or turnover by member state of some days as a file."""

    permissions: ClassVar[list[str]] = [
        "invoices.view_invoice",
        "invoices.change_invoice",
        "invoices.view_payment",
    ]
    template = "export"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        what = request.GET.get("file")
        _name, start, end = presets()[1]
        form = PeriodForm(
            request.GET if request.GET else None, initial={"start": start, "end": end}
        )
        if what in FILES and form.is_valid():
            require_confirmation(request, SecurityEvent.EXPORTED, what)
            columns, rows = FILES[what]
            start, end = form.cleaned_data["start"], form.cleaned_data["end"]
            dialect = form.cleaned_data["dialect"]
            return csv_response(name_of(what, start, end), columns, rows(start, end), dialect)
        return self.page(_("Files for the accountant"), form=form, presets=presets())


class StockBookPage(InvoiceStaffView):
    """What was bought and sold, with the tax in the margin; as a page and as a file."""

    permissions: ClassVar[list[str]] = ["invoices.view_invoice", "store.change_piece"]
    template = "stock_book"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        today = timezone.localdate()
        this_year: dict[str, Any] = {
            "start": today.replace(month=1, day=1),
            "end": today,
            "by": "sale",
            "state": "all",
            "margin_only": True,
            "dialect": Dialect.of_reader(),
        }
        sent = {name: value for name, value in request.GET.items() if name != "page"}
        form = StockBookForm(sent or this_year)
        if not form.is_valid():
            return self.page(_("Stock book"), form=form, presets=presets())
        choice = form.choice
        if "csv" in request.GET:
            require_confirmation(request, SecurityEvent.EXPORTED, "stock book")
            cells = (row.cells for row in StockBook(choice))
            name = name_of("stock-book", choice.start, choice.end)
            columns = [*COLUMNS, _("currency")]
            return csv_response(name, columns, cells, form.cleaned_data["dialect"])
        book = StockBook(choice)
        page = Paginator(range(book.count), MAX_ROWS_SHOWN).get_page(request.GET.get("page"))
        rows = book[MAX_ROWS_SHOWN * (page.number - 1) : MAX_ROWS_SHOWN * page.number]
        return self.page(
            _("Stock book"),
            form=form,
            presets=presets(),
            columns=COLUMNS,
            page=page,
            rows=rows,
            count=book.count,
            sums_by_currency=book.sums_by_currency,
            page_sums=sums_by_currency(rows),
            query=request.GET.urlencode() if sent else "",
        )


class WithoutGoods(InvoiceStaffView):
    """Money for what nobody gets, and money that should be on its way back.

    `?show=` names one of the parts: the others are left out.
    """

    template = "without_goods"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        parts: dict[str, Callable[[], Any]] = {
            "goods": lambda: Invoice.objects.money_without_goods().with_parts(),
            "refused": lambda: refunds_to_show().filter(state=Refund.State.FAILED),
            "sending": lambda: refunds_to_show().filter(state=Refund.State.PENDING),
            "disputes": disputes_to_show,
        }
        only = request.GET.get("show", "")
        shown = {name: find() for name, find in parts.items() if only in {name, ""}}
        return self.page(_("Money without goods"), only=only, **shown)


def refunds_to_show() -> QuerySet[Refund]:
    related = ["attempt__invoice__order", "attempt__invoice__ticket", "actor"]
    return stuck_refunds().select_related(*related, "attempt__invoice__corrects")


def disputes_to_show() -> list[tuple[Invoice, str, Decimal]]:
    """The invoice, Stripe's name of the dispute, and what it took away."""
    rows = open_disputes()
    disputed = Invoice.objects.with_parts().in_bulk([row["invoice"] for row in rows])
    return [(disputed[row["invoice"]], row["reference"], -row["sum"]) for row in rows]
