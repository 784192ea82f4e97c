"""What the shop's pages are measured against: the least a Django view can do."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines

from store.models import Item, Piece

ROWS = 24
TEMPLATE = engines["django"].from_string(
    "<!DOCTYPE html><title>Bare</title><ul>{% for item in items %}"
    "<li><a href='{{ item.slug }}'>{{ item.title }}</a> {{ item.maker }} {{ item.price }}"
    "{{ filling }}</li>{% endfor %}</ul>"
)


def page(request: HttpRequest, size: int) -> HttpResponse:
    """A page of about `size` bytes from one query of 24 rows."""
    items = Item.objects.order_by("-pk")[:ROWS]
    filling = "x" * max(0, size // ROWS - 100)
    return HttpResponse(TEMPLATE.render({"items": items, "filling": filling}))


def update(request: HttpRequest, piece_id: int) -> HttpResponse:
    """One UPDATE in one transaction, answered as a form is: with a redirect."""
    with transaction.atomic():
        Piece.objects.filter(pk=piece_id).update(serial_number="bare")
    return redirect("/bag/")
