"""Drop the files of photos with their rows."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from repairs_restorals.models import TicketImage
from repairs_restorals.models.photos import PHOTO_WIDTHS, private_storage
from store.pictures.files import remove_after_commit


@receiver(post_delete, sender=TicketImage, dispatch_uid="repairs_restorals.remove_photo_files")
def remove_photo_files(instance: TicketImage, **kwargs: Any) -> None:
    names = [instance.stored(size) for size in PHOTO_WIDTHS]
    remove_after_commit(str(instance.image.name), names=names, storage=private_storage())
