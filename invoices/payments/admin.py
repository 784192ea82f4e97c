"""What was paid by card, and what Stripe said: to be looked at, without keys and pay pages."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.mixins import SecretsMixin
from desk.lists import KeysFirstMixin
from invoices.models import PaymentAttempt, Refund, StripeEvent
from store.admin.mixins import ReadOnlyMixin


class LookOnly(KeysFirstMixin, ReadOnlyMixin, SecretsMixin):
    secrets: ClassVar[list[str]] = ["idempotency_key", "session_id", "url"]
    list_per_page = 50
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(LookOnly):
    list_display = ["__str__", "state", "amount", "started_at", "payment_intent"]
    list_filter = ["state", "started_at"]
    list_select_related = ["invoice__order", "invoice__ticket", "invoice__corrects"]
    search_fields = ["=payment_intent", "=invoice__number", "invoice__order__email"]
    fields = (
        "invoice",
        "amount",
        "state",
        "payment_intent",
        "started_at",
        "expires_at",
        "checked_at",
    )
    readonly_fields = fields


@admin.register(Refund)
class RefundAdmin(LookOnly):
    list_display = ["__str__", "state", "amount", "reason", "actor", "at", "stripe_id"]
    list_filter = ["state", "at"]
    list_select_related = [
        "actor",
        "attempt__invoice__order",
        "attempt__invoice__ticket",
        "attempt__invoice__corrects",
    ]
    search_fields = ["=stripe_id", "=attempt__invoice__number", "reason"]
    fields = ("attempt", "amount", "state", "reason", "actor", "at", "tried_at", "stripe_id")
    readonly_fields = fields


@admin.register(StripeEvent)
class StripeEventAdmin(LookOnly):
    list_display = ["id", "type", "attempt", "received_at"]
    list_filter = ["type", "received_at"]
    list_select_related = [
        "attempt__invoice__order",
        "attempt__invoice__ticket",
        "attempt__invoice__corrects",
    ]
    search_fields = ["=id", "=type"]
    fields = ("id", "type", "attempt", "received_at")
    readonly_fields = fields
