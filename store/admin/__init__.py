from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from store.admin.bin import BinAdmin
from store.admin.catalogue import ItemAdmin
from store.admin.categories import CategoryAdmin
from store.admin.pieces import PieceAdmin
from store.admin.profile import ShopProfileAdmin
from store.admin.questions import QuestionAdmin
from store.admin.shipping import ShippingZoneAdmin

admin.site.index_title = _("What needs doing")

__all__ = [
    "BinAdmin",
    "CategoryAdmin",
    "ItemAdmin",
    "PieceAdmin",
    "QuestionAdmin",
    "ShippingZoneAdmin",
    "ShopProfileAdmin",
]
