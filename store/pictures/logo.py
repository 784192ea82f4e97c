"""The shop's logo: one small picture in the header of its pages."""

import logging
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from outside.heavy import heavy_work
from store.models import KeptPicture, ShopProfile
from store.models.profile import LOGO_HEIGHT, LOGO_WIDTH
from store.pictures.files import write
from store.pictures.images import not_kept, prepare

logger = logging.getLogger(__name__)
# Screens of phones have two or three pixels where a page counts one.
DENSITY = 2


def store_logo(file: UploadedFile) -> dict[str, Any]:
    """Store it as it is shown, see-through where it is; return the columns, or raise ImageRefused.

    Call it in the transaction that writes the row: if that is rolled back, the file goes.
    """
    widths, tallest = {"logo": DENSITY * LOGO_WIDTH}, LOGO_HEIGHT / LOGO_WIDTH
    with heavy_work.place():
        renditions = prepare(file, widths=widths, tallest=tallest, quality=90, keeps_alpha=True)
    try:
        name = write(renditions, folder="shop")
    except OSError as failure:
        logger.exception("A logo could not be stored")
        raise not_kept() from failure
    size = renditions.largest
    return {"logo": name, "logo_width": size.width, "logo_height": size.height}


def use_logo(shop: ShopProfile, columns: dict[str, Any]) -> None:
    """Point the row, which the caller saves, to a stored logo, or to none.

    The file of the one before stays, for it stands on the papers that were issued with it.
    """
    columns = columns or {"logo": "", "logo_width": 0, "logo_height": 0}
    KeptPicture.objects.filter(name=columns["logo"]).delete()
    for field, value in columns.items():
        setattr(shop, field, value)
