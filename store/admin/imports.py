"""Import and export of items from the admin's list."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import FileExtensionValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from store.exports import export_items
from store.imports import Report, UnreadableFile, import_items
from store.models import Item
from store.pictures.uploads import UploadWithoutRoom

LARGEST_FILE = 20 * 1024 * 1024


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Our own columns, as “Export all” writes them, or Shopify's product export."),
        validators=[FileExtensionValidator(["csv"])],
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    check_only = forms.BooleanField(
        label=_("Check only"),
        help_text=_("Shows what would happen and changes nothing."),
        required=False,
        initial=True,
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            limit = filesizeformat(LARGEST_FILE)
            raise ValidationError(_("The file is larger than %s.") % limit)
        if isinstance(file, UploadWithoutRoom):
            raise ValidationError(_("It could not be stored just now. Please send it again later."))
        return file


class ItemImportExportMixin(admin.ModelAdmin):
    """Two buttons above the list of items: import and export; and export of the chosen ones."""

    change_list_template = "admin/store/item/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        import_page = require_http_methods(["GET", "HEAD", "POST"])(self.import_page)
        own = [
            path("import/", self.admin_site.admin_view(import_page), name="store_item_import"),
            path(
                "export/",
                self.admin_site.admin_view(require_safe(self.export_all)),
                name="store_item_export",
            ),
        ]
        return [*own, *super().get_urls()]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_import = {"may_import": self.has_import_permission(request)}
        return super().changelist_view(request, {**may_import, **(extra_context or {})})

    def import_page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = ImportForm(*posted)
        report = self.run_import(request, form) if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import items"),
            "opts": self.opts,
            "form": form,
            "report": report,
        }
        return render(request, "admin/store/item/import.html", context)

    def run_import(self, request: HttpRequest, form: ImportForm) -> Report | None:
        """Import the file of a valid form; one that cannot be read is told beside the field."""
        file = form.cleaned_data["file"]
        try:
            report = import_items(file.file, dry_run=form.cleaned_data["check_only"])
        except UnreadableFile as problem:
            form.add_error("file", str(problem))
            return None
        if not report.dry_run:
            log_import(request, file.name, report)
        return report

    def export_all(self, request: HttpRequest) -> StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return csv_response(Item.objects.all())

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export_chosen(self, request: HttpRequest, items: QuerySet[Item]) -> StreamingHttpResponse:
        return csv_response(Item.objects.filter(pk__in=items.order_by().values("pk")))


def csv_response(items: Any) -> StreamingHttpResponse:
    filename = f"items-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        export_items(items),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def log_import(request: HttpRequest, filename: str, report: Report) -> None:
    figures = ", ".join(f"{label}: {number}" for label, number in report.figures)
    LogEntry.objects.create(
        user=cast(User, request.user),
        content_type=ContentType.objects.get_for_model(Item),
        object_repr=str(_("Import of %s") % filename)[:200],
        action_flag=CHANGE,
        change_message=f"{report.format}. {figures}",
    )
    messages.success(request, _("The import is done."))
