"""The list of what a visitor has saved, and the buttons that put something on it or take it off."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView, View

from bag.saved.services import save_item, saved_items, unsave_item
from bag.session import Bag
from bag.views import undo_of
from store.exceptions import Refusal
from store.models import Item
from store.stock import stocks_of


@method_decorator(never_cache, name="dispatch")
class SavedView(TemplateView):
    template_name = "bag/saved/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bag = Bag(self.request)
        items = saved_items(bag)
        stocks = stocks_of(items)
        slug = self.request.GET.get("removed", "").replace("\0", "")
        removed = Item.objects.published().filter(slug=slug).first() if slug else None
        return super().get_context_data(
            things=[(item, stocks[item.pk]) for item in items],
            removed=removed if removed not in items else None,
            bag=bag,
            **kwargs,
        )


@method_decorator(csrf_exempt, name="dispatch")
class SaveView(View):
    """Save a thing, and lead back to where the button was.

    The buttons have no token: with one, every list would set a cookie, and no two visitors could
    share the HTML of its tiles.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: int) -> HttpResponse:
        refuse_other_sites(request)
        item = get_object_or_404(Item.objects.published(), pk=item_id)
        try:
            save_item(bag=Bag(request), item=item)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("bag:saved")
        return redirect(way_back(request, item))


@method_decorator(csrf_exempt, name="dispatch")
class UnsaveView(View):
    """Let go of a thing; on the list of all it can be undone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, item_id: int) -> HttpResponse:
        refuse_other_sites(request)
        item = get_object_or_404(Item, pk=item_id)
        unsave_item(bag=Bag(request), item=item)
        return redirect(way_back(request, item, removed=undo_of(item)))


def refuse_other_sites(request: HttpRequest) -> None:
    """Do what a token is for: raise PermissionDenied for a form of another site.

    Browsers name the origin of each POST; what names none is no browser to be misled. So does
    `net/http.CrossOriginProtection` of Go.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.get_host():
        raise PermissionDenied


def way_back(request: HttpRequest, item: Item, *, removed: str = "") -> str:
    """The page with the button, at the thing; the list of all without one, or if it was there."""
    came_from = request.headers.get("Referer", "")
    saved = reverse("bag:saved")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    parts = urlsplit(came_from if ours else saved)
    if parts.path == saved:
        return saved + removed
    # Two slashes in front would be another site.
    path = "/" + parts.path.lstrip("/")
    return parts._replace(scheme="", netloc="", path=path, fragment=f"thing-{item.pk}").geturl()
