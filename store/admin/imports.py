"""Import and export of items from the admin's list."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.confirmation import is_confirmed, require_confirmation
from accounts.events import SecurityEvent
from accounts.models import User
from outside.heavy import heavy
from store.admin.import_forms import AnswersForm, ImportForm
from store.admin.pieces import sees_purchases
from store.dialects import Dialect
from store.exports import export_items
from store.imports import Options, Report, UnreadableFile, import_items
from store.imports.looking import Look, look_at
from store.imports.problems import short
from store.imports.running import file_of, import_run, record_file
from store.models import ImportRun, Item, ItemQuerySet, PictureFetch

RECENT_RUNS = 10
# Whoever is to change more is asked for the password again.
MOST_PRICES_AT_ONCE = 20
MOST_REFUSED_SHOWN = 500


class ItemImportExportMixin(admin.ModelAdmin):
    """Two buttons above the list of items: import and export; and export of the chosen ones."""

    change_list_template = "admin/store/item/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        for_both = require_http_methods(["GET", "HEAD", "POST"])
        seen_by_staff = self.admin_site.admin_view
        own = [
            path("import/", seen_by_staff(for_both(self.import_page)), name="store_item_import"),
            path(
                "import/<int:pk>/",
                seen_by_staff(for_both(self.import_run_page)),
                name="store_item_import_run",
            ),
            path(
                "export/",
                seen_by_staff(require_safe(self.export_all)),
                name="store_item_export",
            ),
        ]
        return [*own, *super().get_urls()]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        buttons = {
            "may_import": self.has_import_permission(request),
            "dialects": Dialect.choices,
        }
        return super().changelist_view(request, {**buttons, **(extra_context or {})})

    def imported_fieldsets(self, item: Item | None) -> list[Any]:
        if not item or not item.imported_details.exists():
            return []
        return [(_("From imported files"), {"fields": ["imported_details"]})]

    @admin.display(description=_("other columns"))
    def imported_details(self, item: Item) -> SafeString:
        """What files said of it in columns that the shop does not have; nobody else sees it."""
        lines = ((str(detail),) for detail in item.imported_details.all())
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        formset: Any = super().get_changelist_formset(request, **kwargs)

        class PricesFormSet(formset):  # type: ignore[misc]
            def clean(self) -> None:
                super().clean()
                if sum("price" in form.changed_data for form in self.forms) > MOST_PRICES_AT_ONCE:
                    require_confirmation(request)

        return PricesFormSet

    def staff_page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return render(request, f"admin/store/item/{template}.html", context)

    @heavy
    def import_page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = ImportForm(*posted)
        if form.is_valid() and (run := self.take_file(request, form)):
            return redirect(run.get_absolute_url())
        runs = ImportRun.objects.of_staff(request.user).defer("content", "report")[:RECENT_RUNS]
        return self.staff_page(request, "import", title=_("Import items"), form=form, runs=runs)

    def take_file(self, request: HttpRequest, form: ImportForm) -> ImportRun | None:
        """Keep the file of a valid form, and import it unless something is to be asked first.

        One that cannot be read is told beside the field.
        """
        file = form.cleaned_data["file"]
        options = form.options(Options())
        try:
            look = look_at(file.file, options)
        except UnreadableFile as problem:
            form.add_error("file", str(problem))
            return None
        file.seek(0)
        run = record_file(
            filename=file.name,
            content=file.read(),
            options=options,
            user=cast(User, request.user),
        )
        # Whoever has to confirm it does so on the next page: this one would lose the file.
        may_begin = look.count <= MOST_PRICES_AT_ONCE or is_confirmed(request)
        if look.is_clear and may_begin and not form.cleaned_data["check_only"]:
            self.import_now(request, run)
        return run

    def import_now(self, request: HttpRequest, run: ImportRun) -> None:
        report = import_run(run)
        log_import(request, run, report)
        messages.success(request, _("The import is done."))

    @heavy
    def import_run_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        run = get_object_or_404(ImportRun.objects.of_staff(request.user), pk=pk)
        if run.finished_at:
            return self.report_page(request, run)
        try:
            return self.review_page(request, run)
        except UnreadableFile as problem:
            # A version before this one has taken it.
            messages.error(request, str(problem))
            return redirect("admin:store_item_import")

    def review_page(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        """Show a file as it will be read, and ask what is unclear."""
        before = Options.from_json(run.options)
        look = look_at(file_of(run), before)
        posted = request.POST if request.method == "POST" else None
        form = AnswersForm(posted, look=look, before=before)
        if form.is_valid() and self.take_answers(request, run, form):
            return redirect(run.get_absolute_url())
        report = trial(run, look) if posted is None else None
        return self.staff_page(
            request, "import_review", title=str(run), run=run, look=look, form=form, report=report
        )

    def take_answers(self, request: HttpRequest, run: ImportRun, form: AnswersForm) -> bool:
        """Read the file as staff say, unless that makes no sense of it; import it if told so."""
        options = form.options(Options.from_json(run.options))
        try:
            look = look_at(file_of(run), options)
        except UnreadableFile as problem:
            form.add_error(None, str(problem))
            return False
        run.options = options.as_json()
        run.save(update_fields=["options"])
        if "import" not in request.POST:
            return True
        if reason := still_unclear(look, form):
            messages.error(request, _("Nothing was imported. %s") % reason)
        else:
            if look.count > MOST_PRICES_AT_ONCE:
                require_confirmation(request)
            self.import_now(request, run)
        return True

    def report_page(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        counts = run.pictures.order_by().values_list("state").annotate(count=Count("pk"))
        refused = run.pictures.filter(state=PictureFetch.State.REFUSED).select_related("item")
        return self.staff_page(
            request,
            "import_report",
            title=str(run),
            run=run,
            report=Report.from_json(run.report or {}),
            pictures=[(PictureFetch.State(state).label, count) for state, count in counts],
            refused=refused[:MOST_REFUSED_SHOWN],
        )

    def export_all(self, request: HttpRequest) -> StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        require_confirmation(request, SecurityEvent.EXPORTED, "items")
        dialect = Dialect.chosen(request.GET.get("dialect"))
        return csv_response(request, Item.objects.all(), dialect)

    @admin.action(
        description=format_lazy(_("Export as CSV, {dialect}"), dialect=Dialect.POINT.label),
        permissions=["view"],
    )
    def export_chosen(self, request: HttpRequest, items: QuerySet[Item]) -> StreamingHttpResponse:
        require_confirmation(request, SecurityEvent.EXPORTED, "items")
        return csv_response(request, of_same_keys(items), Dialect.POINT)

    @admin.action(
        description=format_lazy(_("Export as CSV, {dialect}"), dialect=Dialect.COMMA.label),
        permissions=["view"],
    )
    def export_chosen_with_commas(
        self, request: HttpRequest, items: QuerySet[Item]
    ) -> StreamingHttpResponse:
        require_confirmation(request, SecurityEvent.EXPORTED, "items")
        return csv_response(request, of_same_keys(items), Dialect.COMMA)


def of_same_keys(items: QuerySet[Item]) -> ItemQuerySet:
    """Without what the list has added to them."""
    return Item.objects.filter(pk__in=items.order_by().values("pk"))


def still_unclear(look: Look, form: AnswersForm) -> str:
    """Why a file cannot come in as it is read now; empty when it can."""
    missing = [_("The column “%s” is missing.") % name for name in look.missing_headings]
    unsaid = [_("Please say what the column “%s” is.") % short(name) for name in look.undecided]
    # What another choice has made unclear was not asked about before.
    asked = [str(text) for name, text in look.questions.items() if name not in form.fields]
    return " ".join([*missing, *unsaid, *asked])


def trial(run: ImportRun, look: Look) -> Report | None:
    """What an import would do, once it is known what its columns are."""
    if look.undecided or look.missing:
        return None
    return import_items(file_of(run), dry_run=True, options=Options.from_json(run.options))


@heavy
def csv_response(
    request: HttpRequest, items: ItemQuerySet, dialect: Dialect
) -> StreamingHttpResponse:
    filename = f"items-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        export_items(items, dialect, with_purchases=sees_purchases(request)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def log_import(request: HttpRequest, run: ImportRun, report: Report) -> None:
    figures = ", ".join(f"{label}: {number}" for label, number in report.figures)
    LogEntry.objects.create(
        user=cast(User, request.user),
        content_type=ContentType.objects.get_for_model(Item),
        object_repr=str(_("Import of %s") % run.filename)[:200],
        action_flag=CHANGE,
        change_message=f"{report.format}. {figures}",
    )
