from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.events import SecurityEvent
from accounts.models import SecurityLogEntry


class EventFilter(admin.SimpleListFilter):
    title = _("what")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(event.value, str(event.label)) for event in SecurityEvent]

    def queryset(self, request: HttpRequest, entries: Any) -> Any:
        return entries.filter(event=self.value()) if self.value() else entries


@admin.register(SecurityLogEntry)
class SecurityLogEntryAdmin(admin.ModelAdmin):
    """To be read, and nothing else: not by superusers either."""

    list_display = ["at", "what", "who", "address", "about"]
    list_filter = [EventFilter]
    search_fields = ["who", "address", "about"]
    fields = ["at", "what", "who", "user", "address", "about"]
    readonly_fields = ["at", "what", "who", "user", "address", "about"]

    @admin.display(description=_("what"), ordering="event")
    def what(self, entry: SecurityLogEntry) -> str:
        known = entry.event in SecurityEvent.values
        return str(SecurityEvent(entry.event).label) if known else entry.event

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
