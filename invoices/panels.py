"""What pages of store and workshop say about money, which those do not know."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from invoices.card_limits import why_no_card
from invoices.documents.pdf.content import content_of
from invoices.documents.tax_words import tax_sums, tax_words
from invoices.models import Invoice, Withdrawal
from invoices.withdrawals.links import (
    from_order,
    from_ticket,
    mailed_from_order,
    mailed_from_quote,
    mailed_from_ticket,
)
from invoices.withdrawals.on_pages import is_open_on, on_page
from money.filters import money
from repairs_restorals.models import Quote, ServiceTicket
from store.models import Order, ShopProfile
from store.panels import BILLERS, PANELS, Bill, Biller, Panel

# What a balance is read from.
PARTS = ["invoice__payments", "invoice__credit_notes"]
VIEW = "invoices.view_invoice"


def with_balance(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With whether anybody has withdrawn from it, too, so that pages need not ask."""
    contract = "order" if rows.model is Order else "ticket"
    withdrawn = Exists(Withdrawal.objects.filter(**{contract: OuterRef("pk")}))
    fetched = rows.select_related("invoice").prefetch_related(*PARTS)
    found: QuerySet[Any] = fetched.annotate(has_withdrawals=withdrawn)
    return found


def invoice_of(subject: Order | ServiceTicket) -> Invoice | None:
    """With what its balance is read from; asks for nothing that a page has fetched already."""
    prefetch_related_objects([subject], *PARTS)
    return getattr(subject, "invoice", None)


def bill_of(subject: Order | ServiceTicket) -> Bill:
    if (invoice := invoice_of(subject)) is None:
        return Bill()
    return Bill(
        deposit_due=invoice.deposit_due > 0,
        remark=remark_on(invoice),
        due=invoice.due_now,
        balance=invoice.balance,
        is_issued=not invoice.is_draft,
        credited=invoice.credited,
        paid_by=paid_by(invoice),
    )


def paid_by(invoice: Invoice) -> str:
    """By what the money came that is here, the first first; "" while there is none."""
    kept: dict[str, Decimal] = {}
    for payment in invoice.payments.all():
        name = str(payment.get_method_display())
        kept[name] = kept.get(name, Decimal(0)) + payment.amount
    return capfirst("; ".join(name for name, amount in kept.items() if amount > 0))


def remark_on(invoice: Invoice) -> str:
    """What the customer has to pay now, or what is to go back; "" while that is nothing."""
    if invoice.deposit_due:
        return _("deposit due: %s") % money(invoice.deposit_due, invoice.currency)
    if invoice.due_now:
        return _("balance due: %s") % money(invoice.due_now, invoice.currency)
    if invoice.disputed and invoice.balance > 0:
        return _("taken back by a bank: %s") % money(invoice.disputed, invoice.currency)
    if invoice.overpaid:
        return _("paid too much: %s") % money(invoice.overpaid, invoice.currency)
    return ""


def about_order(order: Order) -> dict[str, Any]:
    return {"order": order, "invoice": invoice_of(order)}


def about_transfer(order: Order) -> dict[str, Any]:
    """With whether there is a code that a bank's app reads for it."""
    invoice = invoice_of(order)
    document = content_of(invoice) if invoice and invoice.due_now else None
    return {"order": order, "invoice": invoice, "document": document}


def about_payment(order: Order) -> dict[str, Any]:
    invoice = invoice_of(order)
    no_card = why_no_card(invoice.due_now, invoice.currency) if invoice else ""
    cards = bool(settings.STRIPE_SECRET_KEY)
    return {"order": order, "invoice": invoice, "no_card": no_card, "cards": cards}


def about_tax(order: Order) -> dict[str, Any]:
    """What is said of its VAT, of an order where that is not the shop's own: others ask nothing."""
    special = order.tax_undecided or any(
        line.tax_country or line.is_export for line in order.lines_that_count
    )
    invoice = invoice_of(order) if special else None
    if invoice is None:
        return {"tax_words": [], "tax_sums": []}
    words = tax_words(invoice, ShopProfile.for_pages())
    return {"tax_words": words, "tax_sums": tax_sums(invoice)}


def about_other_ways(order: Order) -> dict[str, Any]:
    return {"order": order, "other_methods": order.other_methods(ShopProfile.for_pages())}


def about_ticket(ticket: ServiceTicket) -> dict[str, Any]:
    return {"ticket": ticket, "invoice": invoice_of(ticket)}


def about_ticket_for_staff(ticket: ServiceTicket) -> dict[str, Any]:
    return {**about_ticket(ticket), "remark": bill_of(ticket).remark}


BILLERS[Order] = Biller(bill_of, with_balance, VIEW)
BILLERS[ServiceTicket] = Biller(bill_of, with_balance, VIEW)
PANELS[Order, "pay"] = Panel("invoices/panels/order_pay.html", about_payment)
PANELS[Order, "otherwise"] = Panel("invoices/panels/order_otherwise.html", about_other_ways)
for place in ("invoice", "bill"):
    PANELS[Order, place] = Panel(f"invoices/panels/order_{place}.html", about_order)
PANELS[Order, "withdraw"] = Panel("invoices/panels/withdraw.html", from_order)
PANELS[Order, "withdraw_mail"] = Panel("invoices/mail/_withdraw_link.txt", mailed_from_order)
PANELS[ServiceTicket, "withdraw"] = Panel("invoices/panels/withdraw.html", from_ticket)
PANELS[ServiceTicket, "withdraw_mail"] = Panel(
    "invoices/mail/_withdraw_link.txt", mailed_from_ticket
)
PANELS[Quote, "withdraw_mail"] = Panel("invoices/mail/_withdraw_link.txt", mailed_from_quote)
PANELS[ServiceTicket, "right_mail"] = Panel("invoices/mail/_right.txt", lambda ticket: {})
for contract in (Order, ServiceTicket):
    PANELS[contract, "withdrawn"] = Panel("invoices/panels/withdrawn.html", on_page)
    PANELS[contract, "withdrawn_staff"] = Panel("invoices/panels/withdrawn_staff.html", on_page)
PANELS[Order, "tax"] = Panel("invoices/panels/order_tax.html", about_tax)
PANELS[Order, "tax_mail"] = Panel("invoices/mail/_tax.txt", about_tax)
PANELS[Order, "code"] = Panel("invoices/panels/order_code.html", about_transfer)
for place in ("due", "settled", "bill", "row", "take", "till", "deposit"):
    PANELS[ServiceTicket, place] = Panel(f"invoices/panels/ticket_{place}.html", about_ticket)
PANELS[ServiceTicket, "done"] = Panel("invoices/panels/ticket_done.html", is_open_on)
PANELS[ServiceTicket, "staff"] = Panel("invoices/panels/ticket_staff.html", about_ticket_for_staff)
