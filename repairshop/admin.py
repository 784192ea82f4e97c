from django.contrib import admin
from django.http import HttpRequest

from repairshop.models import Heartbeat
from store.admin.guard import ReadOnlyMixin


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Written by the timer alone; people only look."""

    list_display = [
        "process",
        "started_at",
        "beat_at",
        "tidied",
        "failing",
        "last_error_at",
        "last_error",
    ]

    def has_change_permission(self, request: HttpRequest, obj: Heartbeat | None = None) -> bool:
        return False
