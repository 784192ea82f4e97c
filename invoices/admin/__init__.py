from invoices.admin.cards import PaymentAttemptAdmin, RefundAdmin, StripeEventAdmin
from invoices.admin.invoice_list import InvoiceAdmin
from invoices.admin.orders import OrderAdmin

__all__ = ["InvoiceAdmin", "OrderAdmin", "PaymentAttemptAdmin", "RefundAdmin", "StripeEventAdmin"]
