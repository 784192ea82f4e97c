"""What the shop's pages are measured against: the least a Django view can do."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.utils import timezone

from invoices.models import Invoice, InvoiceLine
from mail.models import Mail
from store.history import Kind
from store.models import Item, Order, OrderLine, Piece, PieceEvent

ROWS = 24
# About as long as the mail about an order.
TEXT = "Thank you for your order. " * 100
TEMPLATE = engines["django"].from_string(
    "<!DOCTYPE html><title>Bare</title><ul>{% for item in items %}"
    "<li><a href='{{ item.slug }}'>{{ item.title }}</a> {{ item.maker }} {{ item.price }}"
    "{{ filling }}</li>{% endfor %}</ul>"
)


def page(request: HttpRequest, size: int) -> HttpResponse:
    """A page of about `size` bytes from one query of 24 rows."""
    items = Item.objects.order_by("-pk")[:ROWS]
    filling = "x" * max(0, size // ROWS - 100)
    return HttpResponse(TEMPLATE.render({"items": items, "filling": filling}))


def update(request: HttpRequest, piece_id: int) -> HttpResponse:
    """One UPDATE in one transaction, answered as a form is: with a redirect."""
    with transaction.atomic():
        Piece.objects.filter(pk=piece_id).update(serial_number="bare")
    return redirect("/bag/")


def order(request: HttpRequest, piece_id: int) -> HttpResponse:
    """The rows of an order of one piece, in one transaction and one statement each."""
    with transaction.atomic():
        placed = Order.objects.create(
            name="Ann Buyer",
            email="ann@example.com",
            delivery="collect",
            payment_method="transfer",
            payment_due_at=timezone.now() + timedelta(days=7),
            bag_key=f"bare {piece_id}",
            checkout_number=0,
        )
        Piece.objects.filter(pk=piece_id).update(order=placed)
        PieceEvent.objects.create(piece_id=piece_id, kind=Kind.ORDERED)
        line = {"piece_id": piece_id, "price": 100}
        OrderLine.objects.create(order=placed, title="Bare", shipping=0, **line)
        invoice = Invoice.objects.create(order=placed, total=100)
        InvoiceLine.objects.create(invoice=invoice, description="Bare", tax_rate=19, **line)
        Mail.objects.create(
            event="order_placed",
            to=placed.email,
            subject="Bare",
            text=TEXT,
            html=TEXT,
            message_id=f"<bare-{placed.pk}>",
        )
    return redirect("/orders/")
