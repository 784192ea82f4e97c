"""Photos as customers send them: so many and no more, and a word about each that is not taken."""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.limits import PHOTO_MEGABYTES, PHOTOS, Limit, check_limit
from repairs_restorals.photos import Refused

MEGABYTE = 1_000_000


def check_photos(request: HttpRequest, target: str, files: Iterable[Any]) -> None:
    """Count files and what they weigh, before anything is decoded or kept. Raises TooOften."""
    if sizes := [file.size or 0 for file in files]:
        check_limit(PHOTOS, request, target, len(sizes))
        check_limit(PHOTO_MEGABYTES, request, target, ceil(sum(sizes) / MEGABYTE))


def check_sent(limit: Limit, request: HttpRequest, target: str, data: Mapping[str, Any]) -> None:
    """Count what was written, with the photos that came with it. Raises TooOften."""
    check_limit(limit, request, target)
    check_photos(request, target, data["photos"])


def name_refused(request: HttpRequest, refused: Iterable[Refused]) -> None:
    """Say which photos were not taken, and why; everything else is kept."""
    for photo in refused:
        text = _("The photo “%(name)s” was not taken: %(reason)s")
        messages.warning(request, text % {"name": photo.name, "reason": photo.reason})
