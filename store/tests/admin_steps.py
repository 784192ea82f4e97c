"""What staff do in the admin, and what happens to pieces meanwhile."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from store.models import Category, Item, Order, Piece

ITEMS = "admin:store_item_changelist"
PIECES = "admin:store_piece_changelist"

# What the form of the shop's profile sends when only what must be there is filled in.
PROFILE_DATA = {
    "name": "Ours",
    "tagline": "Things",
    "days_to_pay": "5",
    "days_to_send": "3",
    "days_to_deliver": "10",
    "return_costs": "customer",
    "remind_days": "2",
    "tax_rate": "19.00",
    "reduced_rate": "7.00",
    "credit_prefix": "C",
    "margin_note": "Margin scheme",
}


def item_data(category: Category, **fields: Any) -> dict[str, Any]:
    """What the item form sends, with one empty row for a picture."""
    return {
        "title": "Grand-mère's clock",
        "category": category.pk,
        "condition": "good",
        "price": "80.00",
        "tax_scheme": "standard",
        "published": "on",
        "quantity": "1",
        "images-TOTAL_FORMS": "1",
        "images-INITIAL_FORMS": "0",
        "images-0-position": "",
        "images-0-alt_text": "",
        **fields,
    }


def change_data(item: Item, **fields: Any) -> dict[str, Any]:
    """What the form of an existing item sends when nothing was changed in it."""
    data = item_data(item.category, title=item.title, slug=item.slug, price=item.price, quantity="")
    pictures, pieces = list(item.images.all()), list(item.pieces.all())
    data |= {"images-TOTAL_FORMS": len(pictures) + 1, "images-INITIAL_FORMS": len(pictures)}
    data |= {"pieces-TOTAL_FORMS": len(pieces), "pieces-INITIAL_FORMS": len(pieces)}
    for n, picture in enumerate(pictures):
        data |= {f"images-{n}-id": picture.pk, f"images-{n}-alt_text": picture.alt_text}
        data[f"images-{n}-position"] = picture.position
    for n, piece in enumerate(pieces):
        data |= {f"pieces-{n}-id": piece.pk, f"pieces-{n}-stock_number": piece.stock_number}
    return {**data, **fields}


def change(client: Client, item: Item, **fields: Any) -> Any:
    address = reverse("admin:store_item_change", args=[item.pk])
    return client.post(address, change_data(item, **fields), follow=True)


def hold(piece: Piece, minutes: int = 15) -> None:
    until = Now() + timedelta(minutes=minutes)
    Piece.objects.filter(pk=piece.pk).update(held_by="bag", held_since=Now(), held_until=until)


def order(piece: Piece, number: int = 1) -> Order:
    placed = Order.objects.create(
        payment_due_at=timezone.now(), bag_key="b", checkout_number=number
    )
    Piece.objects.filter(pk=piece.pk).update(order=placed)
    return placed


def act(client: Client, address: str, action: str, *rows: Any, **data: Any) -> Any:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **data}
    return client.post(reverse(address), chosen, follow=True)


def cancelled(piece: Piece) -> None:
    placed = order(piece)
    placed.lines.create(piece=piece, title="Clock", price=1, shipping=0)
    Piece.objects.filter(pk=piece.pk).update(order=None)


def sell(piece: Piece) -> None:
    Piece.objects.filter(pk=piece.pk).update(sold_at=Now())
