from store.models.catalogue import Category, Item, ItemImage, ItemQuerySet
from store.models.order import Order, OrderEvent, OrderLine, OrderQuerySet
from store.models.piece import Piece, PieceQuerySet
from store.models.profile import ShopProfile

__all__ = [
    "Category",
    "Item",
    "ItemImage",
    "ItemQuerySet",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderQuerySet",
    "Piece",
    "PieceQuerySet",
    "ShopProfile",
]
