from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from repairshop.models import Heartbeat
from store.admin.mixins import ReadOnlyMixin


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


def see_in_shop(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Lead from a thing to its page in the shop, for those who may see it in the admin.

    Django's own view leads all staff there, and addresses of orders and invoices are secret.
    """
    try:
        model = ContentType.objects.get(pk=kind).model_class()
        page = admin.site.get_model_admin(cast(type[Model], model))
    except (ContentType.DoesNotExist, ValueError, NotRegistered):
        raise Http404 from None
    if not page.has_view_permission(request):
        raise PermissionDenied
    thing: Any = page.get_object(request, pk)
    if not hasattr(thing, "get_absolute_url"):
        raise Http404
    return redirect(thing)
