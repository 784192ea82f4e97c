"""Withdrawals as staff see them: what was declared is read only."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.mixins import SecretsMixin
from invoices.models import Withdrawal
from invoices.models.withdrawal import WithdrawalQuerySet


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("to be seen to")), ("no", _("closed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Withdrawal]:
        withdrawals: WithdrawalQuerySet = queryset
        match self.value():
            case "yes":
                return withdrawals.open()
            case "no":
                return withdrawals.exclude(closed_at=None)
        return withdrawals


@admin.register(Withdrawal)
class WithdrawalAdmin(SecretsMixin):
    secrets: ClassVar[list[str]] = ["secret", "idempotency_key"]
    list_display = ["name", "contract", "order", "ticket", "declared_words", "answer"]
    list_filter = [OpenFilter]
    list_select_related = ["order", "ticket"]
    search_fields = ["name", "email", "contract"]
    fields = (
        *("name", "contract", "things", "email", "declared_words", "order", "ticket"),
        *("proven_by", "proven_at", "returned_at", "closed_at", "answer", "handled_by"),
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Withdrawal | None = None) -> bool:
        """What was declared stays; what becomes of it has buttons."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Withdrawal | None = None) -> bool:
        return False
