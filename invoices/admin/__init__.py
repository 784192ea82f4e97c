from invoices.admin.invoice_list import InvoiceAdmin
from invoices.day_close.admin import DayCloseAdmin
from invoices.orders.admin.orders import OrderAdmin
from invoices.payments.admin import PaymentAttemptAdmin, RefundAdmin, StripeEventAdmin
from invoices.withdrawals.admin import WithdrawalAdmin

__all__ = [
    "DayCloseAdmin",
    "InvoiceAdmin",
    "OrderAdmin",
    "PaymentAttemptAdmin",
    "RefundAdmin",
    "StripeEventAdmin",
    "WithdrawalAdmin",
]
