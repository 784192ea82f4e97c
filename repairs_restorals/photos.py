"""Photos of tickets: made anew from decoded pixels, kept where only checked views reach them."""

import logging
from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

from django.core.files import File
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from outside.heavy import heavy_work
from repairs_restorals.models import ServiceTicket, TicketImage, TicketMessage
from repairs_restorals.models.photos import PHOTO_WIDTHS, private_storage
from store.pictures.decoder import Decoder
from store.pictures.files import Renditions, Unclaimed, stored
from store.pictures.images import DECODED_PHOTO_BYTES, ImageRefused, check_bytes, not_kept, prepare

logger = logging.getLogger(__name__)
PHOTOS_AT_ONCE = 8
MAX_SHOWN_NAME_LENGTH = 80


class Refused(NamedTuple):
    """A file that was not taken, by the name that its sender knows, and why."""

    name: str
    reason: str


class StoredPhoto(NamedTuple):
    """A photo whose files are written: they go again unless `attach` writes a row for them."""

    name: str
    width: int
    height: int
    unclaimed: Unclaimed


def prepare_photos(files: Iterable[IO[bytes] | File]) -> tuple[list[StoredPhoto], list[Refused]]:
    """Decode and store what was sent; return what is kept, and what is not with a sentence each.

    Takes a while: call it outside of any transaction.
    """
    if not (files := list(files)):
        # Whoever only writes does not wait for the photos of others.
        return [], []
    decoded: list[tuple[str, Renditions]] = []
    refused: list[Refused] = []
    with heavy_work.place(), Decoder() as decoder:
        for number, file in enumerate(files):
            name = readable(str(getattr(file, "name", None) or ""))
            try:
                if number >= PHOTOS_AT_ONCE:
                    raise ImageRefused(
                        _("Please send %(n)d photos at once at most.") % {"n": PHOTOS_AT_ONCE}
                    )
                decoded.append((name, prepared(file, decoder)))
            except ImageRefused as refusal:
                refused.append(Refused(name, str(refusal)))
    # Afterwards: others need the decoder while a storage lets us wait.
    good, without_place = store_photos(decoded)
    return good, refused + without_place


def no_pictures(files: Iterable[IO[bytes] | File]) -> list[Refused]:
    """Which of the files their first bytes refuse; nothing is decoded or kept."""
    refused = []
    for file in files:
        try:
            check_bytes(file)
        except ImageRefused as refusal:
            name = readable(str(getattr(file, "name", None) or ""))
            refused.append(Refused(name, str(refusal)))
        file.seek(0)
    return refused


def store_photos(
    photos: Iterable[tuple[str, Renditions]],
) -> tuple[list[StoredPhoto], list[Refused]]:
    """Write the files of photos, each under the name that its sender knows."""
    good: list[StoredPhoto] = []
    refused: list[Refused] = []
    for name, photo in photos:
        try:
            files, unclaimed = stored(photo, folder="tickets", storage=private_storage())
        except OSError:
            logger.exception("A photo could not be stored")
            refused.append(Refused(name, str(not_kept())))
        else:
            size = photo.largest.width, photo.largest.height
            good.append(StoredPhoto(files[0], *size, unclaimed))
    return good, refused


def prepared(file: IO[bytes] | File, decoder: Decoder | None = None) -> Renditions:
    """A photo in all its sizes, as JPEG: to encode WebP takes several times as long."""
    return prepare(
        file,
        widths=PHOTO_WIDTHS,
        tallest=1,
        image_format="JPEG",
        memory=DECODED_PHOTO_BYTES,
        decoder=decoder,
    )


def readable(name: str) -> str:
    """A file's name on one line and of a length that leaves room for the rest of the sentence."""
    seen = "".join(letter if letter.isprintable() else " " for letter in name)
    return Truncator(" ".join(seen.split())).chars(MAX_SHOWN_NAME_LENGTH) or _("without a name")


def attach(
    ticket: ServiceTicket,
    photos: Sequence[StoredPhoto],
    *,
    actor: User | None,
    message: TicketMessage | None = None,
    stage: str = TicketImage.Stage.BEFORE,
    caption: str = "",
) -> list[TicketImage]:
    """Write the rows of photos, in the caller's transaction: with it, their files stay or go."""
    for photo in photos:
        transaction.on_commit(photo.unclaimed)
    return TicketImage.objects.bulk_create(
        TicketImage(
            ticket=ticket,
            message=message,
            image=photo.name,
            stage=stage,
            caption=caption,
            width=photo.width,
            height=photo.height,
            added_by=actor,
        )
        for photo in photos
    )
