"""Photos of tickets: made anew from decoded pixels, kept where only checked views reach them."""

from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

from django.core.files import File
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from repairs_restorals.models import ServiceTicket, TicketImage, TicketMessage
from repairs_restorals.models.photos import PHOTO_WIDTHS, private_storage
from store.pictures.decoder import Decoder
from store.pictures.files import Renditions, write
from store.pictures.images import DECODED_PHOTO_BYTES, ImageRefused, prepare

PHOTOS_AT_ONCE = 8
MAX_SHOWN_NAME_LENGTH = 80


class Refused(NamedTuple):
    """A file that was not taken, by the name that its sender knows, and why."""

    name: str
    reason: str


def prepare_photos(files: Iterable[IO[bytes] | File]) -> tuple[list[Renditions], list[Refused]]:
    """Decode what was sent; return what is good, and what is not with a sentence each.

    Takes a while: call it outside of any transaction.
    """
    good: list[Renditions] = []
    refused: list[Refused] = []
    with Decoder() as decoder:
        for number, file in enumerate(files):
            try:
                if number >= PHOTOS_AT_ONCE:
                    raise ImageRefused(
                        _("Please send %(n)d photos at once at most.") % {"n": PHOTOS_AT_ONCE}
                    )
                good.append(prepared(file, decoder))
            except ImageRefused as refusal:
                refused.append(Refused(readable(str(file.name or "")), str(refusal)))
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


def stored(photos: Iterable[Renditions]) -> list[str]:
    """Write the files of photos and return their names; they go if the transaction does.

    Call it before a row is locked: it may be a matter of the network.
    """
    return [write(photo, folder="tickets", storage=private_storage()) for photo in photos]


def attach(
    ticket: ServiceTicket,
    photos: Sequence[Renditions],
    names: Sequence[str],
    *,
    actor: User | None,
    message: TicketMessage | None = None,
    stage: str = TicketImage.Stage.BEFORE,
    caption: str = "",
) -> list[TicketImage]:
    """Write the rows of photos that are `stored` under these names."""
    return TicketImage.objects.bulk_create(
        TicketImage(
            ticket=ticket,
            message=message,
            image=name,
            stage=stage,
            caption=caption,
            width=photo.largest.width,
            height=photo.largest.height,
            added_by=actor,
        )
        for photo, name in zip(photos, names, strict=True)
    )
