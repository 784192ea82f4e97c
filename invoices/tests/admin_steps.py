"""What staff do with invoices in the admin."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice
from store.models import Item
from store.tests.factories import make_item, make_order

SITE = "https://shop.example.com"


def make_invoice(item: Item | None = None, *, issued: bool = True, **fields: Any) -> Invoice:
    """Of an order of a clock for 120.00."""
    order = make_order(item or make_item(title="Mantel clock"), **fields)
    draft = bill_order(order, site=SITE)
    return again(issue(invoice_id=draft.pk)) if issued else draft


def make_overdue() -> Invoice:
    """As if it had been issued a month ago."""
    draft = make_invoice(issued=False)
    then = timezone.now() - timedelta(days=30)
    Invoice.objects.filter(pk=draft.pk).update(
        number=f"OLD-{draft.pk}", issued_at=then, due_on=then.date()
    )
    return again(draft)


def again(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


def page_of(invoice: Invoice) -> str:
    return reverse("admin:invoices_invoice_change", args=[invoice.pk])


def action(invoice: Invoice, name: str) -> str:
    return reverse(f"admin:invoices_invoice_{name}", args=[invoice.pk])


def form_on_page(client: Client, invoice: Invoice, name: str) -> dict[str, Any]:
    """What the browser would send of a form if nothing was typed."""
    page = client.get(page_of(invoice))
    form = page.context["forms"][name]
    return {form.add_prefix(field.name): field.value() or "" for field in form}


def send(client: Client, invoice: Invoice, name: str, **typed: Any) -> Any:
    """Open the page, fill one of its forms in and send it."""
    data = form_on_page(client, invoice, name)
    data |= {f"{name}-{field}": value for field, value in typed.items()}
    return client.post(action(invoice, name), data, follow=True)


def messages_in(answer: Any) -> str:
    """The messages at the top of the page."""
    return " ".join(str(message) for message in answer.context["messages"])


def cash(amount: str) -> dict[str, Any]:
    return {"amount": Decimal(amount), "method": "cash", "received_on": timezone.localdate()}
