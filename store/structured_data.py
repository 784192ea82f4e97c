"""An item as schema.org describes products, for search engines."""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from store.models import Item, Piece
from store.stock import Stock

# Inside <script>, so that no text can end the element or open a comment.
HARMLESS = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
# See https://schema.org/OfferItemCondition.
CONDITIONS: dict[str, str] = {
    Item.Nature.NEW: "NewCondition",
    Item.Nature.FOR_REPAIR: "DamagedCondition",
    **dict.fromkeys([Item.Nature.USED, Item.Nature.ANTIQUE], "UsedCondition"),
}
AVAILABILITY: dict[str, str] = {Piece.State.AVAILABLE: "InStock", Piece.State.HELD: "OutOfStock"}


def product_data(
    item: Item, *, category: str, stock: Stock, url: str, pictures: list[str]
) -> SafeString:
    """Return the JSON-LD of an item, safe to stand inside a <script> element.

    See https://schema.org/Product. All addresses are absolute.
    """
    offer = {
        "@type": "Offer",
        "url": url,
        "price": str(item.price),
        "priceCurrency": settings.CURRENCY,
        "availability": f"https://schema.org/{AVAILABILITY.get(stock.state, 'SoldOut')}",
    }
    if item.nature in CONDITIONS:
        offer["itemCondition"] = f"https://schema.org/{CONDITIONS[item.nature]}"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": item.translated.title,
        "url": url,
        "sku": stock.numbers[0] if stock.numbers else "",
        "category": category,
        "description": item.translated.description,
        "material": item.translated.materials,
        "image": pictures,
        "offers": offer,
    }
    if item.maker:
        data["brand"] = {"@type": "Brand", "name": item.maker}
    text = json.dumps({name: value for name, value in data.items() if value})
    return mark_safe(text.translate(HARMLESS))  # noqa: S308 (made harmless above)
