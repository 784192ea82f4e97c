from invoices.models.card import PaymentAttempt, Refund, StripeEvent
from invoices.models.invoice import Invoice, InvoiceLine, InvoiceQuerySet
from invoices.models.payment import InvoiceEvent, Payment
from invoices.models.series import NumberSeries

__all__ = [
    "Invoice",
    "InvoiceEvent",
    "InvoiceLine",
    "InvoiceQuerySet",
    "NumberSeries",
    "Payment",
    "PaymentAttempt",
    "Refund",
    "StripeEvent",
]
