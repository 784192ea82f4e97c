"""Make what there is not yet of pictures of items: AVIF, and sizes that an upload once lacked.

A job of the timer. Uploads do not wait for AVIF, which takes three times as long as WebP.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from store.models import ItemImage
from store.pictures.decoder import Decoder
from store.pictures.files import Rendition, remove
from store.pictures.images import ImageRefused, prepare
from store.pictures.sizes import IMAGE_WIDTHS

logger = logging.getLogger(__name__)
Renditions = ItemImage.Renditions
# A second or two of a timer that has other jobs.
PICTURES_A_ROUND = 2
# What failed, or was begun by a process that was killed, is tried again after that.
PAUSE = timedelta(hours=1)
# As good to look at as the WebP files, and a fifth smaller: see `docs/adr`.
AVIF_QUALITY = 60
AVIF_EFFORT = 1


def refine_pictures(most: int = PICTURES_A_ROUND) -> int:
    """Bring some pictures up to date, the newest first; return how many.

    Each is claimed by one process with one UPDATE; no lock is held while files are made.
    """
    return sum(claim(image) and refine(image) for image in to_refine()[:most])


def to_refine() -> QuerySet[ItemImage]:
    rested = Q(refined_at=None) | Q(refined_at__lt=Now() - PAUSE)
    return ItemImage.objects.filter(rested, renditions__lt=Renditions.AVIF).order_by("-pk")


def claim(image: ItemImage) -> bool:
    mine = ItemImage.objects.filter(pk=image.pk, image=image.image.name)
    return bool(mine.filter(refined_at=image.refined_at).update(refined_at=Now()))


def refine(image: ItemImage) -> bool:
    """Write the files and say so in the row, unless it has another picture by now."""
    name = image.image.name or ""
    written = []
    try:
        with default_storage.open(name) as file:
            content = BytesIO(file.read())
        for rendition in missing(image, content):
            path = f"{name.rpartition('/')[0]}/{rendition.name}"
            # Left by one that was killed: the storage would choose another name.
            default_storage.delete(path)
            written.append(default_storage.save(path, ContentFile(rendition.content)))
    except (OSError, ImageRefused):
        logger.exception("Picture %s could not be refined", image.pk)
        remove(default_storage, written)
        return False
    same = ItemImage.objects.filter(pk=image.pk, image=name)
    if same.update(renditions=Renditions.AVIF):
        return True
    remove(default_storage, written)
    return False


def missing(image: ItemImage, content: BytesIO) -> Iterator[Rendition]:
    with Decoder() as decoder:
        later = {size: IMAGE_WIDTHS[size] for size in image.later_sizes}
        if image.renditions == Renditions.FIRST and later:
            yield from prepare(content, widths=later, decoder=decoder).all
        yield from prepare(
            content,
            widths={size: IMAGE_WIDTHS[size] for size in image.avif_sizes},
            image_format="AVIF",
            quality=AVIF_QUALITY,
            effort=AVIF_EFFORT,
            decoder=decoder,
        ).all
