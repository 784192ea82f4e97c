"""Mails about orders and invoices; found by `mail.apps` when the shop starts."""

from invoices.mail import invoices, orders

__all__ = ["invoices", "orders"]
