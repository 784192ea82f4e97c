"""Keep search words up to date and drop files with their rows. Bulk writers call `index_items`."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from store.history import record_arrivals
from store.models import (
    Category,
    Item,
    ItemImage,
    Piece,
    ShippingRate,
    ShippingZone,
    ShopProfile,
    ZoneCountry,
)
from store.navigation import forget_category_links
from store.pictures.files import remove_after_commit
from store.services import index_items
from store.shipping.zones import forget_zones


@receiver(post_save, sender=Item, dispatch_uid="store.index_item")
def index_item(instance: Item, **kwargs: Any) -> None:
    index_items([instance.pk])


@receiver([post_save, post_delete], sender=Piece, dispatch_uid="store.index_item_of_piece")
def index_item_of_piece(instance: Piece, **kwargs: Any) -> None:
    index_items([instance.item_id])


@receiver(post_save, sender=Piece, dispatch_uid="store.record_arrival")
def record_arrival(instance: Piece, created: bool, raw: bool, **kwargs: Any) -> None:
    if created and not raw:
        record_arrivals([instance])


@receiver(post_save, sender=Category, dispatch_uid="store.index_items_of_category")
def index_items_of_category(instance: Category, created: bool, **kwargs: Any) -> None:
    if not created:
        index_items(instance.items.values_list("pk", flat=True))


@receiver(post_delete, sender=ItemImage, dispatch_uid="store.remove_image_files")
def remove_image_files(instance: ItemImage, **kwargs: Any) -> None:
    remove_after_commit(str(instance.image.name))


@receiver(pre_save, sender=ItemImage, dispatch_uid="store.remove_replaced_files")
def remove_replaced_files(instance: ItemImage, raw: bool, **kwargs: Any) -> None:
    old = ItemImage.objects.filter(pk=instance.pk).values_list("image", flat=True).first()
    if old and old != instance.image.name and not raw:
        remove_after_commit(old)


@receiver([post_save, post_delete], sender=Category, dispatch_uid="store.forget_category_links")
def forget_links(**kwargs: Any) -> None:
    forget_category_links()


@receiver(post_save, sender=ShopProfile, dispatch_uid="store.forget_zones_of_shop")
@receiver([post_save, post_delete], sender=ShippingZone, dispatch_uid="store.forget_zones")
@receiver([post_save, post_delete], sender=ZoneCountry, dispatch_uid="store.forget_countries")
@receiver([post_save, post_delete], sender=ShippingRate, dispatch_uid="store.forget_rates")
def forget_zones_of_pages(**kwargs: Any) -> None:
    forget_zones()
