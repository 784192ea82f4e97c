"""Mails about orders, invoices and withdrawals; found by `mail.apps` when the shop starts."""

from invoices.mail import invoices, orders, withdrawals

__all__ = ["invoices", "orders", "withdrawals"]
