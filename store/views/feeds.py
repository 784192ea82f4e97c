from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from store.models import Item, ShopProfile
from typed.text import tidy

ITEMS_PER_FEED = 30


class NewArrivalsFeed(Feed):
    """The newest things that can be bought, as Atom.

    Texts are tidied once more: one control character, written before forms took them out, would
    let nobody read any of it.
    """

    feed_type = Atom1Feed
    link = reverse_lazy("store:list")

    def title(self) -> str:
        return tidy(_("New arrivals at %(shop)s") % {"shop": ShopProfile.for_pages().name})

    def subtitle(self) -> str:
        return tidy(ShopProfile.for_pages().translated.tagline)

    def items(self) -> list[Item]:
        return list(
            Item.objects.listed().select_related("category").order_by("-pk")[:ITEMS_PER_FEED]
        )

    def item_title(self, item: Any) -> str:
        return tidy(item.translated.title)

    def item_description(self, item: Any) -> str:
        return tidy(render_to_string("store/feed_item.html", {"obj": item}))

    def item_pubdate(self, item: Item) -> datetime:
        return item.created_at

    def item_updateddate(self, item: Item) -> datetime:
        return item.updated_at

    def item_categories(self, item: Item) -> list[str]:
        return [tidy(item.category.translated.name)]
