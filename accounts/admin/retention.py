"""How long each kind of data is kept: one table, which the owner changes and visitors read."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.models import RetentionPeriod, User
from accounts.retention import Kept, Rule, table
from desk.merging import MergedForm


class RetentionForm(MergedForm):
    """A number for each kind of which there is something to choose; empty is what is suggested."""

    def __init__(self, *args: Any, kinds: list[Kept], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = {row.kind: row for row in RetentionPeriod.objects.all()}
        self.before = {name: row.length for name, row in rows.items()}
        for kept in kinds:
            rule = kept.rule
            if not rule.is_fixed:
                self.fields[rule.name] = field_of(rule)
                self.initial[rule.name] = self.before.get(rule.name)

    @property
    def changed(self) -> dict[str, int | None]:
        typed = self.cleaned_data.items()
        return {name: length for name, length in typed if length != self.before.get(name)}


def field_of(rule: Rule) -> forms.IntegerField:
    wrong = {
        "min_value": _("%(limit_value)d at least: no shorter time is safe, or allowed."),
        "max_value": _("%(limit_value)d at most: nothing is needed for longer."),
    }
    return forms.IntegerField(
        error_messages=wrong,
        label=str(rule.what),
        required=False,
        min_value=rule.shortest,
        max_value=rule.most,
        help_text=bounds_of(rule),
        widget=forms.NumberInput(attrs={"class": "vIntegerField"}),
    )


def bounds_of(rule: Rule) -> str:
    bounds = {"least": rule.shortest, "most": rule.most, "suggested": rule.suggested}
    if rule.in_years:
        words = ngettext(
            "%(least)d to %(most)d year; empty for %(suggested)d.",
            "%(least)d to %(most)d years; empty for %(suggested)d.",
            rule.most,
        )
        return words % bounds
    words = ngettext(
        "%(least)d to %(most)d day; empty for %(suggested)d.",
        "%(least)d to %(most)d days; empty for %(suggested)d.",
        rule.most,
    )
    return words % bounds


@transaction.atomic
def save(changed: dict[str, int | None], user: User) -> None:
    """The timer looks at once at what was changed."""
    for name, length in changed.items():
        written = {"length": length, "checked_at": None}
        row, _is_new = RetentionPeriod.objects.update_or_create(kind=name, defaults=written)
        words = f"{name}: {'–' if length is None else length}"
        LogEntry.objects.log_actions(user.pk, [row], CHANGE, change_message=words)


@admin.register(RetentionPeriod)
class RetentionAdmin(admin.ModelAdmin):
    """The whole table on one page, with one button."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the table alone, which knows the bounds, asks for the password and is logged."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        kinds = table()
        given = request.POST if request.method == "POST" else None
        form = RetentionForm(given, kinds=kinds)
        if request.method == "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            require_confirmation(request)
            if form.is_valid():
                return self.saved(request, form)
        return self.page(request, form, kinds)

    def saved(self, request: HttpRequest, form: RetentionForm) -> HttpResponse:
        user = cast(User, request.user)
        if changed := form.changed:
            save(changed, user)
            tell(SecurityEvent.SETTINGS_CHANGED, user, request, ", ".join(changed))
        messages.success(request, _("Saved. The privacy page says it from now on."))
        return redirect(request.path)

    def page(self, request: HttpRequest, form: RetentionForm, kinds: list[Kept]) -> HttpResponse:
        behind = list(RetentionPeriod.objects.behind())
        rows = [
            (kept, form[kept.rule.name] if kept.rule.name in form.fields else None)
            for kept in kinds
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("How long data is kept"),
            "may_change": self.has_change_permission(request),
            "form": form,
            "rows": rows,
            "behind": behind,
            "late": {row.kind for row in behind},
        }
        return TemplateResponse(request, "admin/accounts/retention.html", context)
