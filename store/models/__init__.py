from store.models.bulk_change import BulkChange
from store.models.catalogue import BinnedItem, Item, ItemQuerySet
from store.models.category import Category
from store.models.change import EVERYTHING, SEARCH, CatalogueChange
from store.models.event import PieceEvent
from store.models.imported import ImportedDetail, ImportRun, PictureFetch
from store.models.item_image import ItemImage
from store.models.kept_picture import KeptPicture
from store.models.order import Order
from store.models.order_event import OrderEvent
from store.models.order_line import OrderLine
from store.models.order_queries import OrderQuerySet
from store.models.order_stage import OrderStage
from store.models.past_address import PastAddress
from store.models.past_price import PastPrice
from store.models.piece import (
    NO_HOLD,
    ORDER_PREFIX,
    STAFF_RESERVED,
    WAITLIST_PREFIX,
    Piece,
    PieceQuerySet,
)
from store.models.profile import ShopProfile
from store.models.question import Question
from store.models.search_word import SearchWord
from store.models.shipping import ShippingRate, ShippingZone, SizeClass, ZoneCountry
from store.models.terms import TermsVersion, terms_in_force

__all__ = [
    "EVERYTHING",
    "NO_HOLD",
    "ORDER_PREFIX",
    "SEARCH",
    "STAFF_RESERVED",
    "WAITLIST_PREFIX",
    "BinnedItem",
    "BulkChange",
    "CatalogueChange",
    "Category",
    "ImportRun",
    "ImportedDetail",
    "Item",
    "ItemImage",
    "ItemQuerySet",
    "KeptPicture",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderQuerySet",
    "OrderStage",
    "PastAddress",
    "PastPrice",
    "PictureFetch",
    "Piece",
    "PieceEvent",
    "PieceQuerySet",
    "Question",
    "SearchWord",
    "ShippingRate",
    "ShippingZone",
    "ShopProfile",
    "SizeClass",
    "TermsVersion",
    "ZoneCountry",
    "terms_in_force",
]
