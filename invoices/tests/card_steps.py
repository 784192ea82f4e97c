"""Words that the tests of cards, refunds and the ledger share."""

from datetime import date
from decimal import Decimal
from typing import Any

from invoices.models import Invoice, Payment, PaymentAttempt
from invoices.payments.ledger import Received
from mail.models import Mail
from store.models import Order

SITE = "https://shop.example.com"
PRICE = Decimal("120.00")
TODAY = date(2026, 11, 24)
State = PaymentAttempt.State
CARD = Order.PaymentMethod.CARD


def mails() -> list[str]:
    return [mail.event.removeprefix("invoices.") for mail in Mail.objects.order_by("pk")]


def amounts(invoice: Invoice) -> list[Decimal]:
    return [payment.amount for payment in invoice.payments.order_by("pk")]


def received(amount: str = "120.00", **fields: Any) -> Received:
    return Received(Decimal(amount), Payment.Method.CASH, TODAY, **fields)
