"""Money that comes in, and days that are closed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.secrets import new_secret
from invoices.day_close.closing import Signed, close_day
from invoices.day_close.figures import open_day
from invoices.models import DayClose, Payment
from invoices.tests.admin_steps import cash, make_invoice


def take(amount: str, *, days_ago: int = 0, **fields: Any) -> Payment:
    """Money of a day, for an invoice of its own, recorded now."""
    day = timezone.localdate() - timedelta(days=days_ago)
    values = {**cash(amount), "received_on": day, **fields}
    return Payment.objects.create(invoice=make_invoice(issued=False), **values)


def signed(counted: str | Decimal = "0", **fields: Any) -> Signed:
    day = open_day()
    known = {
        "opening": day.opening,
        "signed_by": "Sam Holt",
        "note": "",
        "version": day.version,
        "idempotency_key": new_secret(),
    }
    return Signed(**{**known, "counted": Decimal(counted), **fields})


def close(actor: User, counted: str | Decimal = "0", **fields: Any) -> DayClose:
    return close_day(signed(counted, **fields), actor=actor)
