"""What the admins of several models share: rows nobody edits, rows that must not go."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from money.filters import money
from store.admin.piece_states import listed
from store.exceptions import PiecesInUse


def amount_of(field: str, label: Any, currency: str = "currency") -> Any:
    """A column of an admin that shows an amount which is only read, with its currency."""

    @admin.display(description=label, ordering=field, empty_value="–")
    def shown(_admin: Any, row: Any) -> str | None:
        amount = getattr(row, field)
        return None if amount is None else money(amount, getattr(row, currency, None))

    return shown


class ReadOnlyMixin:
    """Rows that services write: staff look at them, nobody edits them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DeleteGuardMixin(admin.ModelAdmin):
    """Says why pieces cannot be deleted, even if one is taken while staff confirm."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except PiecesInUse as refusal:
            self.refuse(request, refusal)
            return redirect("../change/")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except PiecesInUse as refusal:
            self.refuse(request, refusal)
            return redirect(request.path)

    def response_action(self, request: HttpRequest, queryset: Any, **place: Any) -> Any:
        """All or nothing: what an action has written so far goes when it is refused.

        From Django 6.1 on, it is also told from which place the action was chosen.
        """
        with transaction.atomic():
            return super().response_action(request, queryset, **place)

    def refuse(self, request: HttpRequest, refusal: PiecesInUse) -> None:
        text = _("Nothing was deleted, because these pieces are in use: %(pieces)s.")
        self.message_user(request, text % {"pieces": listed(refusal.pieces)}, messages.ERROR)
