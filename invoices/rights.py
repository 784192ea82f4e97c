"""Which permissions what staff do with money needs."""

from accounts.models import User
from invoices.models import Invoice

# Of work, whoever mends a thing may take money for it, such as a deposit.
MAY_RECORD_OF_TICKET = ["invoices.add_payment"]
MAY_RECORD = ["invoices.change_invoice", *MAY_RECORD_OF_TICKET]
MAY_REFUND = ["invoices.change_invoice", "invoices.add_refund"]
MAY_CHANGE = ["invoices.change_invoice"]
MAY_RESTOCK = ["invoices.change_invoice", "store.change_piece"]


def may_record(user: User, invoice: Invoice) -> bool:
    return user.has_perms(MAY_RECORD_OF_TICKET if invoice.ticket_id else MAY_RECORD)
