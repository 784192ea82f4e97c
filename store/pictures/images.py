"""Make safe pictures of fixed sizes from whatever people send.

Only decoded pixels are kept: neither the sent bytes nor the file name nor any metadata.
"""

import logging
from base64 import b64decode
from collections.abc import Mapping
from contextlib import nullcontext
from io import BytesIO
from typing import IO, Any

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from store.models import Item, ItemImage
from store.pictures.decoder import Decoder
from store.pictures.files import Rendition, Renditions, write
from store.pictures.sizes import IMAGE_WIDTHS
from store.pictures.uploads import UploadWithoutRoom

logger = logging.getLogger(__name__)

MAX_BYTES = 15_000_000
MAX_PIXELS = 110_000_000
# The widest that a JPEG can be.
MAX_WIDTH = 65_500
# Bytes that a decoder may keep of a picture: of a photo that anybody may send, and of one that
# staff put on sale.
DECODED_PHOTO_BYTES = 50_000_000
DECODED_ITEM_BYTES = 125_000_000
# Of JPEG, PNG and GIF.
STARTS = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"


class ImageRefused(Exception):
    """A file that is not taken; the message is a sentence for the person who sent it."""


def prepare(
    file: IO[bytes] | File,
    *,
    widths: Mapping[str, int] = IMAGE_WIDTHS,
    tallest: float = 2,
    image_format: str = "WEBP",
    quality: int = 82,
    effort: int | None = None,
    memory: int = DECODED_ITEM_BYTES,
    keeps_alpha: bool = False,
    decoder: Decoder | None = None,
) -> Renditions:
    """Check and decode a picture and encode it anew in each width, or raise ImageRefused.

    `effort` is the encoder's: the more, the smaller the file and the longer it takes.

    `widths` is pixels by name, largest first. A picture is never enlarged and never
    taller than `tallest` widths. `memory` is the bytes that its decoder may keep of it.
    See-through parts become white unless it `keeps_alpha`.
    Whoever has several pictures brings a `decoder`, so that it starts only once.
    """
    check_bytes(file)
    wanted = {
        "widths": dict(widths),
        "tallest": tallest,
        "format": image_format,
        "options": {"Q": quality} | ({} if effort is None else {"effort": effort}),
        "memory": memory,
        "keeps_alpha": keeps_alpha,
        "max_pixels": MAX_PIXELS,
        "max_width": MAX_WIDTH,
    }
    file.seek(0)
    with nullcontext(decoder) if decoder else Decoder() as open_decoder:
        return made(open_decoder, file.read(), wanted)


def check_bytes(file: IO[bytes] | File) -> None:
    """Refuse by size and first bytes, before any decoder sees the file."""
    size = file.seek(0, 2)
    sent = (isinstance(file, UploadedFile) and file.size) or size
    file.seek(0)
    head = file.read(32)
    if isinstance(file, UploadWithoutRoom):
        raise not_kept()
    if sent > MAX_BYTES:
        raise ImageRefused(
            _("This picture is larger than %(limit)d MB.") % {"limit": MAX_BYTES // 1_000_000}
        )
    # See `store.pictures.uploads`.
    if sent > size:
        raise ImageRefused(_("This was too much at once. Please send fewer pictures at a time."))
    if not head:
        raise ImageRefused(_("This file is empty."))
    if head[4:8] == b"ftyp" and head[8:12] not in {b"isom", b"mp41", b"mp42", b"qt  "}:
        raise ImageRefused(
            _(
                "This is a HEIC or AVIF picture, which not every browser can show. Please send it "
                "as JPEG; on an iPhone choose Settings, Camera, Formats, “Most Compatible”."
            )
        )
    if not (head.startswith(STARTS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")):
        raise ImageRefused(_("This is not a JPEG, PNG or WebP picture."))


def made(decoder: Decoder, content: bytes, wanted: Mapping[str, Any]) -> Renditions:
    answer = decoder.answer(content, wanted)
    try:
        made = [rendition(wanted["format"], **each) for each in answer.pop("made", [])]
        if not made:
            raise refusal(**answer)
    except (OSError, ValueError, TypeError) as problem:
        logger.warning("A decoder answered nonsense: %s", problem)
        raise refusal("damaged") from problem
    return Renditions(tuple(made))


def rendition(image_format: str, *, name: str, content: str, width: int, height: int) -> Rendition:
    """One of those pictures, or ValueError: who trusts no file trusts no decoder of it either."""
    encoded = b64decode(content)
    with Image.open(BytesIO(encoded), formats=[image_format]) as seen:
        if seen.size != (width, height):
            raise ValueError("This is not the picture that it says.")
    return Rendition(name, encoded, width, height)


def refusal(refused: str, limit: int = 0, why: str = "") -> ImageRefused:
    if refused == "pixels":
        return ImageRefused(
            _("This picture has more than %(limit)d million pixels. Please make it smaller.")
            % {"limit": max(1, limit // 1_000_000)}
        )
    if refused == "moving":
        return ImageRefused(_("This picture moves. Please send one that stands still."))
    if refused == "width":
        return ImageRefused(_("This picture is too wide. Please make it smaller."))
    logger.info("A picture could not be decoded: %s", why)
    return ImageRefused(_("This picture is damaged or incomplete."))


def not_kept() -> ImageRefused:
    """The refusal of a picture for which there is no place: the disk is full, or S3 is away."""
    return ImageRefused(_("It could not be stored just now. Please send it again later."))


@transaction.atomic
def add_image(*, item: Item, file: IO[bytes] | File, alt_text: str, position: int = 0) -> ItemImage:
    """Add a picture to an item, or raise ImageRefused."""
    renditions = prepare(file)
    image = ItemImage(item=item, alt_text=alt_text, position=position)
    use(image, renditions)
    image.save()
    return image


def use(image: ItemImage, renditions: Renditions) -> None:
    """Write the files and point the row, which the caller saves, to them.

    Raises ImageRefused when there is no place for them.
    """
    try:
        renditions = renditions.distinct()
        name = write(renditions, folder="items")
    except OSError as failure:
        logger.exception("A picture could not be stored")
        raise not_kept() from failure
    values: dict[str, Any] = {
        "image": name,
        "width": renditions.largest.width,
        "height": renditions.largest.height,
        "renditions": ItemImage.Renditions.WEBP,
        "refined_at": None,
    }
    for field, value in values.items():
        setattr(image, field, value)
