"""Make safe pictures of fixed sizes from whatever people send.

Only decoded pixels are kept: neither the sent bytes nor the file name nor any metadata.
"""

import logging
import secrets
import threading
import warnings
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from store.models import Item, ItemImage
from store.models.catalogue import IMAGE_WIDTHS, fitting, sibling

logger = logging.getLogger(__name__)

MAX_BYTES = 15_000_000
# A plain JPEG is decoded at a fraction of its size, the others as a whole: what is
# allowed stays under about 250 MB of memory, one picture at a time.
MAX_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 30_000_000, "WEBP": 12_000_000}
MAX_PIXELS_PROGRESSIVE = 30_000_000
STRIP = 256
FORMATS = ["JPEG", "PNG", "WEBP"]
# Pillow refuses by itself at twice this, before a decoder takes memory for the canvas.
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values()) // 2
warnings.simplefilter("ignore", Image.DecompressionBombWarning)
one_at_a_time = threading.Lock()

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {5, 6, 7, 8}


class ImageRefused(Exception):
    """A file that is not taken; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Rendition:
    """One encoded picture. The name has no folder, for example `card.webp`."""

    name: str
    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Renditions:
    """The same picture in several sizes, the largest first."""

    all: tuple[Rendition, ...]

    @property
    def largest(self) -> Rendition:
        return self.all[0]


def prepare(
    file: IO[bytes] | File,
    *,
    widths: Mapping[str, int] = IMAGE_WIDTHS,
    image_format: str = "WEBP",
    quality: int = 82,
) -> Renditions:
    """Check and decode a picture and encode it anew in each width, or raise ImageRefused.

    `widths` is pixels by name, largest first. A picture is never enlarged and never
    taller than twice the width.
    """
    check_bytes(file)
    with one_at_a_time:
        picture = decoded(file, width=next(iter(widths.values())))
        return Renditions(
            tuple(
                encoded(picture, name=name, width=width, image_format=image_format, quality=quality)
                for name, width in widths.items()
            )
        )


def check_bytes(file: IO[bytes] | File) -> None:
    """Refuse by size and first bytes, before any decoder sees the file."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(32)
    if size > MAX_BYTES:
        raise ImageRefused(
            _("This picture is larger than %(limit)d MB.") % {"limit": MAX_BYTES // 1_000_000}
        )
    if not head:
        raise ImageRefused(_("This file is empty."))
    if head[4:8] == b"ftyp" and head[8:12] not in {b"isom", b"mp41", b"mp42", b"qt  "}:
        raise ImageRefused(
            _(
                "This is a HEIC or AVIF picture, which not every browser can show. Please send it "
                "as JPEG; on an iPhone choose Settings, Camera, Formats, “Most Compatible”."
            )
        )


def decoded(file: IO[bytes] | File, *, width: int) -> Image.Image:
    """The picture in RGB and sRGB, upright, on white, not much larger than asked for."""
    try:
        source = Image.open(file, formats=FORMATS)
        check_pixels(source)
        orientation = orientation_of(source)
        upright = source.size[::-1] if orientation in SIDEWAYS else source.size
        target = fitting(*upright, width=width)
        if orientation in SIDEWAYS:
            target = target[::-1]
        # Twice what is needed keeps fine lines fine. Only JPEG can do this.
        source.draft(None, (target[0] * 2, target[1] * 2))
        source.load()
        small = flattened(source).resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
        small = in_srgb(small, source.info.get("icc_profile"))
    except UnidentifiedImageError as error:
        raise ImageRefused(_("This is not a JPEG, PNG or WebP picture.")) from error
    except Image.DecompressionBombError as error:
        raise too_many_pixels(max(MAX_PIXELS.values())) from error
    except ImageRefused:
        raise
    except Exception as error:
        # Decoders fail in many ways on files that are made to break them.
        logger.info("A picture could not be decoded", exc_info=True)
        raise ImageRefused(_("This picture is damaged or incomplete.")) from error
    return small.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else small


def check_pixels(source: Image.Image) -> None:
    limit = MAX_PIXELS[source.format or ""]
    if source.info.get("progressive"):
        limit = min(limit, MAX_PIXELS_PROGRESSIVE)
    if source.width * source.height > limit:
        raise too_many_pixels(limit)


def too_many_pixels(limit: int) -> ImageRefused:
    return ImageRefused(
        _("This picture has more than %(limit)d million pixels. Please make it smaller.")
        % {"limit": limit // 1_000_000}
    )


def orientation_of(source: Image.Image) -> int:
    """How the camera was held, 1 to 8 as in Exif; 1 if that cannot be read."""
    try:
        return int(source.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        logger.info("Unreadable Exif data in a picture", exc_info=True)
        return 1


def flattened(source: Image.Image) -> Image.Image:
    """Without transparency, in a mode that can be scaled: L, RGB or CMYK."""
    if source.mode in {"I;16", "I;16B", "I"}:
        return source.point(lambda value: value / 256 + 0).convert("L")
    if source.has_transparency_data:
        return on_paper(source)
    if source.mode in {"L", "RGB", "CMYK"}:
        return source
    return source.convert("L" if source.mode == "1" else "RGB")


def on_paper(source: Image.Image) -> Image.Image:
    """A picture with transparency laid on white, a strip at a time to save memory."""
    paper = Image.new("RGB", source.size, "white")
    for top in range(0, source.height, STRIP):
        strip = source.crop((0, top, source.width, min(top + STRIP, source.height)))
        strip = strip.convert("RGBA")
        paper.paste(strip.convert("RGB"), (0, top), mask=strip)
    return paper


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the picture's own profile means them; a broken profile is passed over."""
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            logger.info("Unusable colour profile in a picture", exc_info=True)
        else:
            return converted or image.convert("RGB")
    return image.convert("RGB")


def encoded(
    picture: Image.Image,
    *,
    name: str,
    width: int,
    image_format: str,
    quality: int,
) -> Rendition:
    size = fitting(*picture.size, width=width)
    scaled = picture.resize(size, Image.Resampling.LANCZOS)
    # A new image has no info, so nothing but pixels can reach the file.
    clean = Image.new("RGB", size)
    clean.paste(scaled)
    content = BytesIO()
    clean.save(content, format=image_format, quality=quality, method=4)
    return Rendition(f"{name}.{image_format.lower()}", content.getvalue(), *size)


def write(renditions: Renditions, *, folder: str, storage: Storage = default_storage) -> str:
    """Store all sizes in a new random folder below `folder`; return the name of the largest.

    Call it in the transaction that writes the row: if that is rolled back, the files go.
    """
    place = f"{folder}/{secrets.token_hex(16)}"
    names = [f"{place}/{rendition.name}" for rendition in renditions.all]
    unclaimed = Unclaimed(storage, names)
    for name, rendition in zip(names, renditions.all, strict=True):
        storage.save(name, ContentFile(rendition.content))
    transaction.on_commit(unclaimed)
    return names[0]


class Unclaimed:
    """Files of a row that is not committed yet; to be given to `on_commit`.

    Django drops the callbacks of a transaction or savepoint that is rolled back. This one
    takes its files with it then, unless it was called before.
    """

    def __init__(self, storage: Storage, names: Iterable[str]) -> None:
        self._remove = weakref.finalize(self, remove, storage, list(names))

    def __call__(self) -> None:
        self._remove.detach()


def remove(storage: Storage, names: Iterable[str]) -> None:
    """Delete files; one that cannot be deleted is logged and does not stop the rest."""
    for name in names:
        try:
            storage.delete(name)
        except Exception:
            logger.exception("Could not delete %s", name)


def remove_after_commit(name: str, storage: Storage = default_storage) -> None:
    """Delete all sizes of an item's picture once its row is truly gone."""
    names = [sibling(name, size) for size in IMAGE_WIDTHS if name]
    transaction.on_commit(lambda: remove(storage, names))


@transaction.atomic
def add_image(*, item: Item, file: IO[bytes] | File, alt_text: str, position: int = 0) -> ItemImage:
    """Add a picture to an item, or raise ImageRefused."""
    renditions = prepare(file)
    image = ItemImage(item=item, alt_text=alt_text, position=position)
    use(image, renditions)
    image.save()
    return image


def use(image: ItemImage, renditions: Renditions) -> None:
    """Write the files and point the row, which the caller saves, to them."""
    values: dict[str, Any] = {
        "image": write(renditions, folder="items"),
        "width": renditions.largest.width,
        "height": renditions.largest.height,
    }
    for field, value in values.items():
        setattr(image, field, value)
