"""Compare the private files with the rows of photos: neither may be without the other."""

from datetime import timedelta

from django.utils import timezone

from repairs_restorals.models import TicketImage
from repairs_restorals.models.photos import FIRST_SIZES, PHOTO_WIDTHS, private_storage
from store.pictures.files import files_in

FOLDER = "tickets"
# Files are written a moment before their rows are.
MIN_FILE_AGE = timedelta(hours=1)


def files_of_rows() -> set[str]:
    return {photo.stored(size) for photo in TicketImage.objects.all() for size in PHOTO_WIDTHS}


def stray_files() -> list[str]:
    """Files that belong to no row, but for those that were written just now."""
    storage = private_storage()
    settled = timezone.now() - MIN_FILE_AGE
    # The files first: a photo that comes meanwhile has a row by the time those are read.
    strays = sorted(set(files_in(storage, FOLDER)) - files_of_rows())
    return [name for name in strays if storage.get_modified_time(name) < settled]


def lost_photos() -> list[TicketImage]:
    """Photos of which a file is gone."""
    rows = list(TicketImage.objects.all())
    there = set(files_in(private_storage(), FOLDER))
    return [photo for photo in rows if not all(photo.stored(size) in there for size in FIRST_SIZES)]
