from invoices.admin.invoice_list import InvoiceAdmin
from invoices.admin.orders import OrderAdmin

__all__ = ["InvoiceAdmin", "OrderAdmin"]
