from store.models.catalogue import Category, Item, ItemImage, ItemQuerySet
from store.models.event import PieceEvent
from store.models.order import Order, OrderEvent, OrderLine, OrderQuerySet
from store.models.piece import NO_HOLD, Piece, PieceQuerySet
from store.models.profile import ShopProfile

__all__ = [
    "NO_HOLD",
    "Category",
    "Item",
    "ItemImage",
    "ItemQuerySet",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderQuerySet",
    "Piece",
    "PieceEvent",
    "PieceQuerySet",
    "ShopProfile",
]
