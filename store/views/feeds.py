from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from store.models import Item, ShopProfile

ITEMS_PER_FEED = 30


class NewArrivalsFeed(Feed):
    """The newest things that can be bought, as Atom."""

    feed_type = Atom1Feed
    link = reverse_lazy("store:list")
    description_template = "store/feed_item.html"

    def title(self) -> str:
        return _("New arrivals at %(shop)s") % {"shop": ShopProfile.for_pages().name}

    def subtitle(self) -> str:
        return ShopProfile.for_pages().translated.tagline

    def items(self) -> list[Item]:
        return list(
            Item.objects.listed().select_related("category").order_by("-pk")[:ITEMS_PER_FEED]
        )

    def item_title(self, item: Any) -> str:
        return str(item.translated.title)

    def item_pubdate(self, item: Item) -> datetime:
        return item.created_at

    def item_updateddate(self, item: Item) -> datetime:
        return item.updated_at

    def item_categories(self, item: Item) -> list[str]:
        return [str(item.category.translated.name)]
