"""What of money and withdrawals is kept about somebody."""

from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.personal_data import NOT_PERSONAL, SOURCES, Person, Source
from invoices.models import (
    Invoice,
    InvoiceEvent,
    InvoiceLine,
    Payment,
    PaymentAttempt,
    Refund,
    StripeEvent,
    Withdrawal,
)
from repairs_restorals.personal_data import tickets
from store.personal_data import orders


def invoices(person: Person) -> QuerySet[Invoice]:
    """Those that were issued, and credit notes to them."""
    mine = Q(order__in=orders(person)) | Q(ticket__in=tickets(person))
    of = Invoice.objects.filter(mine).values("pk")
    return Invoice.objects.issued().filter(Q(pk__in=of) | Q(corrects__in=of))


def of_invoices(model: type[Model], path: str = "invoice") -> Any:
    return lambda person: model._default_manager.filter(
        **{f"{path}__in": invoices(person)}
    ).select_related(path)


def withdrawals(person: Person) -> QuerySet[Withdrawal]:
    contracts = Q(order__in=orders(person)) | Q(ticket__in=tickets(person))
    return Withdrawal.objects.filter(person.written() | contracts & ~Q(proven_by=""))


SOURCES.extend(
    [
        Source(
            Invoice,
            invoices,
            ["number", "issued_at", "due_on", "total", "currency", "reason", "snapshot"],
        ),
        Source(
            InvoiceLine,
            of_invoices(InvoiceLine),
            ["invoice", "description", "quantity", "price", "tax_rate"],
        ),
        Source(InvoiceEvent, of_invoices(InvoiceEvent), ["invoice", "at", "kind"]),
        Source(
            Payment,
            of_invoices(Payment),
            ["invoice", "received_on", "amount", "currency", "method", "reference"],
        ),
        Source(
            PaymentAttempt,
            of_invoices(PaymentAttempt),
            ["invoice", "started_at", "amount", "state", "session_id", "payment_intent"],
        ),
        Source(
            Refund,
            of_invoices(Refund, "attempt__invoice"),
            ["at", "amount", "state", "stripe_id"],
        ),
        Source(StripeEvent, of_invoices(StripeEvent, "attempt__invoice"), ["type", "received_at"]),
        Source(
            Withdrawal,
            withdrawals,
            ["declared_at", "name", "contract", "things", "email", "answer"],
        ),
    ]
)
NOT_PERSONAL.update(
    {
        "invoices.CashMovement": "cash put in and taken out, and which of the staff did it",
        "invoices.DayClose": "what the drawer held, and which of the staff counted it",
        "invoices.NumberSeries": "numbers of invoices",
        "invoices.Withdrawal_lines": "which things a withdrawal names; it names them itself",
    }
)
