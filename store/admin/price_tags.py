"""Price tags of chosen things or pieces, for a label printer or sheets from the stationer."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from store.label_sheets import SHEETS
from store.models import Item, Piece

MOST_TAGS = 400


class PriceTagsMixin(admin.ModelAdmin):
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        own: dict[str, Any] = {}
        if request.user.has_perm("store.view_piece") and "_popup" not in request.GET:
            own["print_labels"] = (printer(""), "print_labels", _("Print labels"))
            for number, sheet in SHEETS.items():
                name = f"print_tags_{number}"
                own[name] = (printer(number), name, str(sheet))
        return {**super().get_actions(request), **own}


def printer(sheet: str) -> Callable[..., HttpResponse | None]:
    """An action that prints on a sheet of so many labels; "" is a printer of labels."""

    def print_tags(
        page: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Any]
    ) -> HttpResponse | None:
        numbers = pieces_of(chosen)[: MOST_TAGS + 1]
        if not numbers or len(numbers) > MOST_TAGS:
            text = _("There are no pieces.") if not numbers else _("Choose fewer at once.")
            page.message_user(request, text, messages.WARNING)
            return None
        query: list[tuple[str, Any]] = [("piece", number) for number in numbers]
        query += [("sheet", sheet)] if sheet else []
        return redirect(f"{reverse('labels')}?{urlencode(query)}")

    return print_tags


def pieces_of(chosen: QuerySet[Any]) -> list[int]:
    """The chosen pieces themselves; of chosen things those that are on sale."""
    keys = [row.pk for row in chosen]
    if chosen.model is Item:
        pieces = Piece.objects.on_sale().filter(item__in=keys).order_by("item", "pk")
        return list(pieces.values_list("pk", flat=True))
    return keys
