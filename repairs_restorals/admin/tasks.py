"""The task lists of those who work in the workshop."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.admin.mixins import LockedMixin, SecretsMixin
from accounts.models import User
from repairs_restorals.admin.forms import DayField, ReferenceField, StaffField
from repairs_restorals.models import Task

ASSIGN = "repairs_restorals.assign_task"


class WhoseFilter(admin.SimpleListFilter):
    """One's own tasks, unless those of all are asked for."""

    title = gettext_lazy("whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("everybody’s")), ("given", _("given by me"))]

    def choices(self, changelist: Any) -> Any:
        default, *others = super().choices(changelist)
        return [{**default, "display": _("mine")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "all":
                return queryset
            case "given":
                return queryset.filter(created_by=request.user)
        return queryset.for_staff(request.user)


class DoneFilter(admin.SimpleListFilter):
    title = gettext_lazy("done")
    parameter_name = "done"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("done")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        default, *others = super().choices(changelist)
        return [{**default, "display": _("to do")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "yes":
                return queryset.exclude(done_at=None)
            case "all":
                return queryset
        return queryset.open()


class TaskForm(forms.ModelForm):
    ticket = ReferenceField(
        label=gettext_lazy("Ticket"),
        required=False,
        help_text=gettext_lazy("Its reference, such as W00012, if it is about one."),
    )
    due_on = DayField(label=gettext_lazy("Due"))
    assignee = StaffField(label=gettext_lazy("For"), empty_label=gettext_lazy("me"))

    class Meta:
        model = Task
        fields = ["title", "ticket", "due_on", "assignee"]
        widgets = {"title": forms.TextInput(attrs={"class": "vTextField"})}


@admin.register(Task)
class TaskAdmin(LockedMixin, SecretsMixin):
    """Everybody sees all tasks, changes the own ones, and gives tasks to others if allowed to."""

    secrets: ClassVar[list[str]] = ["idempotency_key"]
    form = TaskForm
    list_display = ["tick", "title", "due", "of", "assigned", "given_by"]
    list_display_links = ["title"]
    list_filter = [WhoseFilter, DoneFilter]
    list_select_related = ["ticket", "assignee", "created_by"]
    search_fields = ["title", "ticket__title"]
    fields = ["title", "ticket", "due_on", "assignee"]
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        title = {"title": _("Tasks")}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_fields(self, request: HttpRequest, obj: Task | None = None) -> list[Any]:
        may_assign = request.user.has_perm(ASSIGN)
        return [name for name in self.fields if may_assign or name != "assignee"]

    def get_urls(self) -> list[URLPattern]:
        done = self.admin_site.admin_view(require_POST(self.done_view))
        return [
            path("<int:pk>/done/", done, name="repairs_restorals_task_done"),
            *super().get_urls(),
        ]

    def is_own(self, request: HttpRequest, task: Task | None) -> bool:
        return task is None or request.user.has_perm(ASSIGN) or task.assignee == request.user

    def has_change_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        return super().has_change_permission(request, obj) and self.is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self.is_own(request, obj)

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> Any:
        """Django deletes what is chosen in a list by what one may do in general.

        From Django 6.1 on, it says where the actions stand.
        """
        where = {"action_location": action_location} if action_location else {}
        actions = super().get_actions(request, **where)
        return actions if request.user.has_perm(ASSIGN) else {}

    def save_model(self, request: HttpRequest, obj: Task, form: Any, change: bool) -> None:  # noqa: FBT001
        user = cast(User, request.user)
        if not change:
            obj.created_by = user
        if obj.assignee_id is None:
            obj.assignee = user
        super().save_model(request, obj, form, change)

    def done_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tick a task off, or take the tick away."""
        task = get_object_or_404(Task, pk=pk)
        if not self.has_change_permission(request, task):
            raise PermissionDenied
        undo = "undo" in request.POST
        done_at = None if undo else Now()
        Task.objects.filter(pk=pk).exclude(done_at__isnull=undo).update(done_at=done_at)
        text = _("“%s” is to be done again.") if undo else _("“%s” is done.")
        messages.success(request, text % task)
        if "ticket" in request.POST and task.ticket_id:
            return redirect("admin:repairs_restorals_serviceticket_change", task.ticket_id)
        return redirect("admin:repairs_restorals_task_changelist")

    @admin.display(description=gettext_lazy("done"))
    def tick(self, task: Task) -> SafeString | str:
        """A button in the form of the list, which sends it to the task's own address."""
        address = reverse("admin:repairs_restorals_task_done", args=[task.pk])
        name, text = ("undo", _("Undo")) if task.done_at else ("done", _("Done"))
        button = '<button class="button" name="{}" formaction="{}">{}</button>'
        return format_html(button, name, address, text)

    @admin.display(description=gettext_lazy("due"), ordering="due_on")
    def due(self, task: Task) -> SafeString | str:
        if not task.due_on:
            return "–"
        day = date_format(task.due_on, "SHORT_DATE_FORMAT")
        late = format_html('{} <strong class="overdue">{}</strong>', day, _("overdue"))
        return late if task.is_overdue else day

    @admin.display(description=gettext_lazy("ticket"), ordering="ticket")
    def of(self, task: Task) -> SafeString | str:
        if task.ticket is None:
            return "–"
        page = reverse("admin:repairs_restorals_serviceticket_change", args=[task.ticket_id])
        return format_html('<a href="{}">{}</a>', page, task.ticket)

    @admin.display(description=gettext_lazy("for"), ordering="assignee__name")
    def assigned(self, task: Task) -> str:
        return task.assignee.name

    @admin.display(description=gettext_lazy("from"))
    def given_by(self, task: Task) -> str:
        return task.created_by.name if task.created_by else "–"
