from store.models.catalogue import Category, Item, ItemImage, ItemQuerySet
from store.models.event import PieceEvent
from store.models.order import Order, OrderEvent, OrderLine, OrderQuerySet
from store.models.order_stage import OrderStage
from store.models.piece import NO_HOLD, STAFF_RESERVED, WAITLIST_PREFIX, Piece, PieceQuerySet
from store.models.profile import ShopProfile

__all__ = [
    "NO_HOLD",
    "STAFF_RESERVED",
    "WAITLIST_PREFIX",
    "Category",
    "Item",
    "ItemImage",
    "ItemQuerySet",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderQuerySet",
    "OrderStage",
    "Piece",
    "PieceEvent",
    "PieceQuerySet",
    "ShopProfile",
]
