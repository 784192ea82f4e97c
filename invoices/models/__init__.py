from invoices.models.card import PaymentAttempt, Refund, StripeEvent
from invoices.models.day_close import CashMovement, DayClose
from invoices.models.invoice import Invoice
from invoices.models.invoice_queries import NOTHING, InvoiceQuerySet
from invoices.models.line import InvoiceLine
from invoices.models.payment import InvoiceEvent, Payment
from invoices.models.series import NumberSeries
from invoices.models.withdrawal import Withdrawal

__all__ = [
    "NOTHING",
    "CashMovement",
    "DayClose",
    "Invoice",
    "InvoiceEvent",
    "InvoiceLine",
    "InvoiceQuerySet",
    "NumberSeries",
    "Payment",
    "PaymentAttempt",
    "Refund",
    "StripeEvent",
    "Withdrawal",
]
