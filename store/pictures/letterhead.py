"""The shop's pictures on paper. One that cannot be read hinders none: it has words instead."""

import logging
from base64 import b64encode
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.core.files.storage import default_storage
from PIL import Image

from store.models.guarantee import NOTICE_TALLEST
from store.models.profile import LOGO_HEIGHT, LOGO_WIDTH, ShopProfile
from store.pictures.sizes import fitting

logger = logging.getLogger(__name__)
MM_OF_A_PIXEL = 25.4 / 96
# A paper shows one; a file of many papers those of some years.
LOGOS_KEPT = 8
# 140 mm.
NOTICE_ON_PAPER = 529


def letterhead_of(shop: ShopProfile) -> dict[str, Any]:
    """What templates of typst take for the head of a paper."""
    return {"name": shop.name, "logo": logo_on_paper(shop.logo), "accent": shop.accent}


def logo_on_paper(name: str) -> dict[str, Any] | None:
    """A stored logo as an SVG drawing and its size in mm, as large as pages show it."""
    return on_paper(name, LOGO_WIDTH, LOGO_HEIGHT / LOGO_WIDTH)


def notice_on_paper(name: str) -> dict[str, Any] | None:
    """The notice of the legal guarantee, likewise, but so large that it can be read."""
    return on_paper(name, NOTICE_ON_PAPER, NOTICE_TALLEST)


def on_paper(name: str, width: int, tallest: float) -> dict[str, Any] | None:
    """A stored picture in a size as pages count pixels; None where there is none to be had."""
    if not name:
        return None
    try:
        return drawn(name, width, tallest)
    except Exception:
        # Whatever storage and decoder may raise.
        logger.exception("The picture %s cannot be put on paper", name)
        return None


@lru_cache(maxsize=LOGOS_KEPT)
def drawn(name: str, shown_width: int, tallest: float) -> dict[str, Any]:
    """As PNG within the drawing. A file of this name never changes, and a failure is not kept."""
    with default_storage.open(name) as file, Image.open(file) as picture:
        png = BytesIO()
        picture.save(png, "PNG")
        width, height = picture.size
    sides = fitting(width, height, width=shown_width, tallest=tallest)
    content = b64encode(png.getvalue()).decode()
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{content}"/></svg>'
    )
    shown = [round(side * MM_OF_A_PIXEL, 2) for side in sides]
    return {"drawing": drawing, "width": shown[0], "height": shown[1]}
