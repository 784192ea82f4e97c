from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from store.models import Item


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "store/front.html")


@require_safe
def item_list(request: HttpRequest, slug: str = "") -> HttpResponse:
    return render(request, "store/item_list.html")


@require_safe
def item_detail(request: HttpRequest, slug: str) -> HttpResponse:
    item = get_object_or_404(Item.objects.published(), slug=slug)
    return render(request, "store/item_detail.html", {"item": item})
