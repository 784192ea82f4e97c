"""Make safe pictures of fixed sizes from whatever people send.

Only decoded pixels are kept: neither the sent bytes nor the file name nor any metadata.
"""

import logging
import secrets
import subprocess
import sys
import threading
import warnings
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, PngImagePlugin, UnidentifiedImageError

from store.models import Item, ItemImage
from store.models.catalogue import IMAGE_WIDTHS, fitting, sibling
from store.pictures.containers import StrippedImage, UnknownContainer, strip
from store.pictures.pixels import SIDEWAYS, UPRIGHT, WIDEST, shrunk

logger = logging.getLogger(__name__)

MAX_BYTES = 15_000_000
MAX_PIXELS = 110_000_000
# Bytes that decoders take, for one picture at a time: of a photo that anybody may send, and
# of a picture that staff put on sale. Small copies and the interpreter's own come on top.
OF_A_PHOTO = 50_000_000
OF_AN_ITEM = 125_000_000
BYTES_OF_A_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2}
# WebP decoders keep four canvases, and two copies of the file. What is too much is decoded by a
# process of its own.
WEBP_BYTES_OF_A_PIXEL = 16
WEBP_PIXELS = 13_000_000
WEBP_ASIDE = 600_000_000
WEBP_SECONDS = 20
FORMATS = ["JPEG", "PNG", "WEBP"]
# Pillow refuses by itself at twice this, before a decoder takes memory for the canvas.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
PngImagePlugin.MAX_TEXT_MEMORY = 1_000_000
warnings.simplefilter("ignore", Image.DecompressionBombWarning)
one_at_a_time = threading.Lock()


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
    tallest: float = 2,
    image_format: str = "WEBP",
    quality: int = 82,
    memory: int = OF_AN_ITEM,
) -> Renditions:
    """Check and decode a picture and encode it anew in each width, or raise ImageRefused.

    `widths` is pixels by name, largest first. A picture is never enlarged and never
    taller than `tallest` widths. `memory` is the bytes that its decoder may take.
    """
    check_bytes(file)
    with one_at_a_time:
        picture = decoded(file, next(iter(widths.values())), tallest=tallest, memory=memory)
        return Renditions(
            tuple(
                encoded(
                    picture,
                    name=name,
                    size=fitting(*picture.size, width=width, tallest=tallest),
                    image_format=image_format,
                    quality=quality,
                )
                for name, width in widths.items()
            )
        )


def check_bytes(file: IO[bytes] | File) -> None:
    """Refuse by size and first bytes, before any decoder sees the file."""
    size = file.seek(0, 2)
    sent = (isinstance(file, UploadedFile) and file.size) or size
    file.seek(0)
    head = file.read(32)
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


def decoded(file: IO[bytes] | File, width: int, *, tallest: float, memory: int) -> Image.Image:
    """The picture in RGB and sRGB, upright, on white, no larger than asked for."""
    try:
        kept = strip(file)
        with kept.file:
            # The large picture is forgotten before its colours are converted.
            small, profile = scaled(kept, width, tallest=tallest, memory=memory)
        small = in_srgb(small, profile)
    except (UnidentifiedImageError, UnknownContainer) as error:
        raise ImageRefused(_("This is not a JPEG, PNG or WebP picture.")) from error
    except Image.DecompressionBombError as error:
        raise too_many_pixels(MAX_PIXELS) from error
    except ImageRefused:
        raise
    except Exception as error:
        # Decoders fail in many ways on files that are made to break them.
        logger.info("A picture could not be decoded: %s", error)
        raise ImageRefused(_("This picture is damaged or incomplete.")) from error
    turn = UPRIGHT.get(kept.orientation)
    return small if turn is None else small.transpose(turn)


def scaled(
    kept: StrippedImage, width: int, *, tallest: float, memory: int
) -> tuple[Image.Image, bytes | None]:
    """Decode and scale to fit, lying as it lies, with its own profile of colours."""
    with Image.open(kept.file, formats=FORMATS) as source:
        size = target_of(source, kept.orientation, width=width, tallest=tallest)
        pixels = source.width * source.height
        # Some more than needed keeps fine lines fine. Only JPEG can do this.
        source.draft(None, (size[0] * 5 // 4, size[1] * 5 // 4))
        check_pixels(source, kept, pixels, memory)
        if source.format == "WEBP" and needed(source, kept, pixels) > memory:
            return decoded_aside(kept.file, size), source.info.get("icc_profile")
        source.load()
        return shrunk(source, size), source.info.get("icc_profile")


def target_of(
    source: Image.Image, orientation: int, *, width: int, tallest: float
) -> tuple[int, int]:
    """The size to scale to before the picture is turned upright."""
    if orientation not in SIDEWAYS:
        return fitting(*source.size, width=width, tallest=tallest)
    high, wide = source.size
    fits = fitting(wide, high, width=width, tallest=tallest)
    return fits[1], fits[0]


def check_pixels(source: Image.Image, kept: StrippedImage, pixels: int, memory: int) -> None:
    """Refuse what would take more memory, or the side of which is too long to go by strips."""
    if source.format == "WEBP":
        limit = WEBP_PIXELS
    else:
        limit = min(MAX_PIXELS, pixels * memory // needed(source, kept, pixels))
    if pixels > limit:
        raise too_many_pixels(limit)
    if source.width > WIDEST:
        raise ImageRefused(_("This picture is too wide. Please make it smaller."))


def needed(source: Image.Image, kept: StrippedImage, pixels: int) -> int:
    """Bytes of memory that a decoder takes; of a JPEG for the size in which it is decoded."""
    if source.format == "WEBP":
        return WEBP_BYTES_OF_A_PIXEL * pixels + 2 * kept.size
    decoded = BYTES_OF_A_PIXEL.get(source.mode, 4) * source.width * source.height
    return decoded + int(2 * kept.samples * pixels)


def decoded_aside(file: IO[bytes], size: tuple[int, int]) -> Image.Image:
    """Let another process decode a WebP picture in this size; see `store.pictures.pixels`."""
    command = [sys.executable, "-m", "store.pictures.pixels", *map(str, size), str(WEBP_ASIDE)]
    file.seek(0)
    done = subprocess.run(  # noqa: S603
        command,
        cwd=settings.BASE_DIR,
        stdin=file,
        capture_output=True,
        check=True,
        timeout=WEBP_SECONDS,
    )
    return Image.frombytes("RGB", size, done.stdout)


def too_many_pixels(limit: int) -> ImageRefused:
    return ImageRefused(
        _("This picture has more than %(limit)d million pixels. Please make it smaller.")
        % {"limit": max(1, limit // 1_000_000)}
    )


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
    return image if image.mode == "RGB" else image.convert("RGB")


def encoded(
    picture: Image.Image, *, name: str, size: tuple[int, int], image_format: str, quality: int
) -> Rendition:
    # A new image has no info, so nothing but pixels can reach the file.
    clean = Image.new("RGB", size)
    fits = picture.size == size
    clean.paste(picture if fits else picture.resize(size, Image.Resampling.LANCZOS))
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


def remove_after_commit(
    name: str, *, sizes: Iterable[str] = tuple(IMAGE_WIDTHS), storage: Storage = default_storage
) -> None:
    """Delete all sizes of a picture once its row is truly gone."""
    names = [sibling(name, size) for size in sizes if name]
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
