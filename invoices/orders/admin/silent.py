"""Rows of an order's page in the admin that have nothing to say of this order."""

from collections.abc import Collection, Iterable

from invoices.models import Invoice
from store.models import Order
from store.panels import way_of_paying
from typed.phones import significant_digits

Field = str | list[str] | tuple[str, ...]


def notes_of(order: Order) -> list[Invoice]:
    invoice = getattr(order, "invoice", None)
    return list(invoice.credit_notes.all()) if invoice else []


def silent_fields(order: Order) -> set[str]:
    is_cancelled = order.state == Order.State.CANCELLED
    said = {
        # What stays of a parcel that was not sent after all stands in the form alone.
        "parcel": order.state == Order.State.SHIPPED and (order.carrier or order.tracking),
        "ended": is_cancelled,
        "confirming": order.is_unconfirmed or order.reached_at,
        "payment": way_of_paying(order),
        "paid_at": order.paid_at,
        "payment_due_at": not (order.paid_at or is_cancelled),
        "invoice_link": hasattr(order, "invoice"),
        "credited": notes_of(order),
        "customer": order.customer_id,
        "whose": order.customer_id or order.email or significant_digits(order.phone),
        "address": order.address_lines,
        "terms_then": order.terms_id,
    }
    texts = ("name", "email", "phone", "note", "staff_note")
    said |= {name: getattr(order, name) for name in texts}
    return {name for name, words in said.items() if not words}


def without(silent: Collection[str], fields: Iterable[Field]) -> list[Field]:
    """Fields of an admin, of which some stand side by side."""
    left: list[Field] = []
    for field in fields:
        row = (field,) if isinstance(field, str) else field
        shown = tuple(name for name in row if name not in silent)
        if shown:
            left.append(shown[0] if len(shown) == 1 else shown)
    return left
