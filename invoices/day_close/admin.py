"""Closes as they are listed and looked at: nobody edits them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.mixins import SecretsMixin
from invoices.day_close.figures import late_of_close, takings_of_close
from invoices.day_close.pages import ClosePdf, DrawerPage, MoveCash
from invoices.day_close.pdf import row_of_late, row_of_movement
from invoices.models import DayClose
from money.filters import money
from store.admin.mixins import ReadOnlyMixin, amount_of


def lines(rows: list[tuple[str, ...]]) -> SafeString | str:
    """Each row on a line of its own; a dash for none."""
    return format_html_join("", "<div>{}</div>", ((" · ".join(row),) for row in rows)) or "–"


@admin.register(DayClose)
class DayCloseAdmin(ReadOnlyMixin, SecretsMixin):
    secrets: ClassVar[list[str]] = ["idempotency_key"]
    change_list_template = "admin/invoices/dayclose/change_list.html"
    list_display = [
        "__str__",
        "day",
        "taken",
        "expected_sum",
        "counted_sum",
        "off",
        "signed_by",
        "sheet",
    ]
    list_filter = ["day"]
    list_select_related = ["actor"]
    show_full_result_count = False
    fields: ClassVar[list[Any]] = [
        *("sheet", "day", "at", "since", "takings_list"),
        *("opening_sum", "taken", "put_in", "taken_out", "expected_sum", "counted_sum", "off"),
        *("movements_list", "late_list", "note", "signed_by", "actor"),
    ]
    readonly_fields = fields

    opening_sum = amount_of("opening", _("in the drawer to begin with"))
    taken = amount_of("cash", _("taken in cash"))
    put_in = amount_of("paid_in", _("put in"))
    counted_sum = amount_of("counted", _("counted"))

    @admin.display(description=_("taken out"), ordering="paid_out")
    def taken_out(self, close: DayClose) -> str:
        """As on the PDF, where it is added up."""
        return money(-close.paid_out, close.currency)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DayClose]:
        return super().get_queryset(request).defer("pdf")

    def has_change_permission(self, request: HttpRequest, obj: DayClose | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("drawer/", view(DrawerPage.as_view()), name="invoices_dayclose_drawer"),
            path("drawer/move/", view(MoveCash.as_view()), name="invoices_dayclose_move"),
            path("<int:pk>/pdf/", view(ClosePdf.as_view()), name="invoices_dayclose_pdf"),
            *super().get_urls(),
        ]

    @admin.display(description=_("should be in the drawer"))
    def expected_sum(self, close: DayClose) -> str:
        return money(close.expected, close.currency)

    @admin.display(description=_("difference"))
    def off(self, close: DayClose) -> str:
        return money(close.difference, close.currency) if close.difference else "–"

    @admin.display(description=_("PDF"))
    def sheet(self, close: DayClose) -> SafeString:
        address = reverse("admin:invoices_dayclose_pdf", args=[close.pk])
        name = _("PDF of %s") % date_format(close.day, "DATE_FORMAT")
        return format_html('<a href="{}" aria-label="{}">PDF</a>', address, name)

    @admin.display(description=_("takings"))
    def takings_list(self, close: DayClose) -> SafeString | str:
        return lines(
            [
                (each.label, money(each.sum, each.currency), each.words)
                for each in takings_of_close(close)
            ]
        )

    @admin.display(description=_("put in and taken out"))
    def movements_list(self, close: DayClose) -> SafeString | str:
        moved = close.movements.select_related("actor")
        return lines([row_of_movement(movement) for movement in moved])

    @admin.display(description=_("recorded now, of days that were closed before"))
    def late_list(self, close: DayClose) -> SafeString | str:
        return lines([row_of_late(payment) for payment in late_of_close(close)])
