"""Keep the words by which items are found up to date. Bulk writers call `index_items` themselves."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from store.models import Category, Item, Piece
from store.services import index_items


@receiver(post_save, sender=Item, dispatch_uid="store.index_item")
def index_item(instance: Item, **kwargs: Any) -> None:
    index_items([instance.pk])


@receiver([post_save, post_delete], sender=Piece, dispatch_uid="store.index_item_of_piece")
def index_item_of_piece(instance: Piece, **kwargs: Any) -> None:
    index_items([instance.item_id])


@receiver(post_save, sender=Category, dispatch_uid="store.index_items_of_category")
def index_items_of_category(instance: Category, created: bool, **kwargs: Any) -> None:
    if not created:
        index_items(instance.items.values_list("pk", flat=True))
