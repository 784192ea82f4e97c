from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from store.admin.catalogue import CategoryAdmin, ItemAdmin
from store.admin.pieces import PieceAdmin
from store.admin.profile import ShopProfileAdmin
from store.admin.questions import QuestionAdmin

admin.site.site_header = _("Repairshop admin")
admin.site.site_title = _("Repairshop admin")
admin.site.index_title = _("What would you like to do?")

__all__ = ["CategoryAdmin", "ItemAdmin", "PieceAdmin", "QuestionAdmin", "ShopProfileAdmin"]
