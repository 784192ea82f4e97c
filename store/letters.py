"""Pictures of things in mails: what anybody may see in the shop, never a customer's photos."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

from mail.letters import Picture
from store.models import Item, ItemImage, Order


def pictures_of(things: Iterable[tuple[str, Item]], site: str) -> list[Picture]:
    """The first picture of each item, at whole addresses, under the title that its mail gives it.

    None without a `site`: a mail program knows of no other where they could be.
    """
    named = list(things)
    images = ItemImage.objects.filter(item__in={item.pk for _title, item in named})
    first: dict[int, ItemImage] = {}
    for image in images.order_by("position", "pk") if site else []:
        first.setdefault(image.item_id, image)
    return list(
        dict.fromkeys(
            Picture(
                title,
                first[item.pk].alt_in_words(title),
                urljoin(f"{site}/", first[item.pk].thumb_url),
                urljoin(f"{site}/", first[item.pk].card_url),
            )
            for title, item in named
            if item.pk in first
        )
    )


def pictures_of_items(
    read: Callable[[Mapping[str, Any]], Iterable[Item]],
) -> Callable[[Mapping[str, Any]], list[Picture]]:
    """The pictures of the items that `read` finds in what was given to `enqueue_mail`."""
    return lambda context: pictures_of(
        [(item.translated.title, item) for item in read(context)], context["site"]
    )


def pictures_of_order(context: Mapping[str, Any]) -> list[Picture]:
    order: Order = context["order"]
    lines = order.lines.all()
    return pictures_of([(line.title, line.piece.item) for line in lines], context["site"])
