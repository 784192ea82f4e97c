"""Pieces come into the stock book and, when nothing ever happened to them, leave it again."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count, islice

from django.db import transaction
from django.db.models import ProtectedError

from store.exceptions import PiecesInUse
from store.history import record_arrivals
from store.models import Item, Piece
from store.services import index_items

LONGEST_NUMBER = 100


def next_numbers(first: str, quantity: int) -> list[str]:
    """The first stock numbers of `first`, `first-2`, `first-3` … that are not taken."""
    taken = set(
        Piece.objects.filter(stock_number__startswith=first).values_list("stock_number", flat=True)
    )
    numbers = (first if n == 1 else f"{first}-{n}" for n in count(1))
    return list(islice((number for number in numbers if number not in taken), quantity))


@transaction.atomic
def add_pieces(
    *, item: Item, quantity: int, first_number: str = "", purchase_price: Decimal | None = None
) -> list[Piece]:
    """Add so many pieces to an item.

    Without a number they go on from the item's first piece, or are numbered after the item.
    """
    known = item.pieces.order_by("pk").values_list("stock_number", flat=True).first()
    numbers = next_numbers(first_number or known or f"S{item.pk:05}", quantity)
    pieces = Piece.objects.bulk_create(
        [Piece(item=item, stock_number=each, purchase_price=purchase_price) for each in numbers]
    )
    record_arrivals(pieces)
    index_items([item.pk])
    return pieces


@transaction.atomic
def delete_pieces(pieces: Iterable[Piece]) -> None:
    """Delete pieces, or raise PiecesInUse and delete none.

    Shoppers take pieces under their item's lock, so none is taken while this looks.
    """
    chosen = list(pieces)
    item_ids = {piece.item_id for piece in chosen}
    list(Item.with_bin.select_for_update().filter(pk__in=item_ids).order_by("pk").only("pk"))
    found = Piece.objects.filter(pk__in=[piece.pk for piece in chosen])
    if in_use := list(found.in_use().with_state()):
        raise PiecesInUse(in_use)
    try:
        found.delete()
    except ProtectedError as error:
        raise PiecesInUse(list(found.with_state())) from error


@transaction.atomic
def delete_items(items: Iterable[Item]) -> None:
    """Delete items for good with pieces and pictures, or raise PiecesInUse and delete none."""
    chosen = [item.pk for item in items]
    delete_pieces(Piece.objects.filter(item__in=chosen))
    Item.with_bin.filter(pk__in=chosen).delete()
