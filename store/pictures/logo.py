"""The shop's own pictures: its logo, and the notice of the legal guarantee."""

import logging
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile

from outside.heavy import heavy_work
from store.models import KeptPicture, ShopProfile
from store.models.guarantee import NOTICE_TALLEST, NOTICE_WIDTH
from store.models.profile import LOGO_HEIGHT, LOGO_WIDTH
from store.pictures.files import write
from store.pictures.images import not_kept, prepare

logger = logging.getLogger(__name__)
# Screens of phones have two or three pixels where a page counts one.
DENSITY = 2


class ShopPicture(NamedTuple):
    """A picture of the profile: the column of its file, and its size as pages count pixels."""

    column: str
    width: int
    tallest: float
    density: int = DENSITY
    quality: int = 90


LOGO = ShopPicture("logo", LOGO_WIDTH, LOGO_HEIGHT / LOGO_WIDTH)
# Its code is to be read from a screen and from paper.
NOTICE = ShopPicture("notice", NOTICE_WIDTH, NOTICE_TALLEST, density=3, quality=95)


def store_picture(picture: ShopPicture, file: UploadedFile) -> dict[str, Any]:
    """Store it as it is shown, see-through where it is; return the columns, or raise ImageRefused.

    Call it in the transaction that writes the row: if that is rolled back, the file goes.
    """
    widths = {picture.column: picture.density * picture.width}
    with heavy_work.place():
        renditions = prepare(
            file,
            widths=widths,
            tallest=picture.tallest,
            quality=picture.quality,
            keeps_alpha=True,
        )
    try:
        name = write(renditions, folder="shop")
    except OSError as failure:
        logger.exception("A picture of the shop could not be stored")
        raise not_kept() from failure
    size = renditions.largest
    return columns_of(picture, name, size.width, size.height)


def columns_of(
    picture: ShopPicture, name: str = "", width: int = 0, height: int = 0
) -> dict[str, Any]:
    column = picture.column
    return {column: name, f"{column}_width": width, f"{column}_height": height}


def use_picture(picture: ShopPicture, shop: ShopProfile, columns: dict[str, Any]) -> None:
    """Point the row, which the caller saves, to a stored picture, or to none.

    The file of the one before stays, for it stands on the papers that were issued with it.
    """
    columns = columns or columns_of(picture)
    KeptPicture.objects.filter(name=columns[picture.column]).delete()
    for field, value in columns.items():
        setattr(shop, field, value)
