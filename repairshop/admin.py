from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin.mixins import SecretsMixin
from repairshop.models import Fault, Heartbeat
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


@admin.register(Fault)
class FaultAdmin(admin.ModelAdmin):
    """Written where something fails; whoever has dealt with it deletes it."""

    fields = ["kind", "place", "page", "times", "first_at", "last_at", "request_id"]
    list_display = ["__str__", "times", "first_at", "last_at", "request_id"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Fault | None = None) -> bool:
        return False


if apps.is_installed("django_tasks_db"):
    # What the desk says of jobs, their heartbeats know.
    admin.site.unregister(apps.get_model("django_tasks_database", "DBTaskResult"))


def see_in_shop(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Lead from a thing to its page in the shop, for those who may see it in the admin.

    Django's own view leads all staff there, and addresses of orders and invoices are secret: what
    their customers do there takes the right to change them.
    """
    try:
        model = ContentType.objects.get(pk=kind).model_class()
    except (ContentType.DoesNotExist, ValueError):
        model = None
    # Django keeps the kinds of models that have moved or are gone.
    if model is None or not admin.site.is_registered(model):
        raise Http404
    page = admin.site.get_model_admin(model)
    if not page.has_view_permission(request):
        raise PermissionDenied
    if isinstance(page, SecretsMixin) and not page.leads_to_customers_page(request):
        raise PermissionDenied
    thing: Any = page.get_object(request, pk)
    if not hasattr(thing, "get_absolute_url"):
        raise Http404
    return redirect(thing)
