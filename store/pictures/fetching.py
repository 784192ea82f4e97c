"""Pictures that imported files name by their addresses come in. A job of the timer."""

import logging
from datetime import timedelta
from io import BytesIO

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from outside.rounds import in_time
from store.models import Item, ItemImage, PictureFetch
from store.models.imported import PictureFetchQuerySet
from store.pictures.files import Renditions
from store.pictures.images import MAX_BYTES, ImageRefused, prepare, use
from store.pictures.web import FetchFailed, FetchRefused, fetch

logger = logging.getLogger(__name__)

# However many there are, the timer has other jobs: the last one may take as long again.
PICTURES_A_ROUND = 5
SECONDS_A_ROUND = 5
# Longer than it takes to fetch, decode and store one.
LEASE = timedelta(minutes=5)
# After each try that fails; then it is given up.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 10, 60)]


def fetch_pictures() -> int:
    """Fetch a few pictures that are due, each by one process; return how many came in.

    What is killed here is tried again when its lease has run out.
    """
    due = PictureFetch.objects.due().order_by("next_try_at", "pk")
    taken = 0
    some = list(due.values_list("pk", flat=True)[:PICTURES_A_ROUND])
    for pk in in_time(some, SECONDS_A_ROUND):
        if wanted := claim(pk):
            taken += take(wanted)
    return taken


def claim(pk: int) -> PictureFetch | None:
    """Take a picture for a while; None when another process has it, or its item is gone."""
    mine = PictureFetch.objects.due().filter(pk=pk)
    if not mine.update(next_try_at=Now() + LEASE, tries=F("tries") + 1):
        return None
    wanted = PictureFetch.objects.get(pk=pk)
    if Item.with_bin.filter(pk=wanted.item_id).exists():
        return wanted
    wanted.delete()
    return None


def take(wanted: PictureFetch) -> bool:
    try:
        renditions = prepare(BytesIO(fetch(wanted.url, most_bytes=MAX_BYTES)))
        return store(wanted, renditions)
    except (FetchRefused, ImageRefused) as refusal:
        # A full disk has room another time.
        if isinstance(refusal.__cause__, OSError) and isinstance(refusal, ImageRefused):
            try_later(wanted, str(refusal))
        else:
            refuse(wanted, str(refusal))
    except FetchFailed as failure:
        try_later(wanted, str(failure))
    except IntegrityError:
        # The item was deleted meanwhile.
        wanted.delete()
    except Exception:
        # Nobody thought of it; the other pictures come in all the same.
        logger.exception("Picture %d cannot be taken", wanted.pk)
        try_later(wanted, _("This picture could not be taken."))
    return False


def store(wanted: PictureFetch, renditions: Renditions) -> bool:
    """Add the picture, unless another process has done so when this one took too long."""
    with transaction.atomic():
        image = ItemImage(item_id=wanted.item_id, position=wanted.position)
        image.alt_text = wanted.alt_text or wanted.item.title
        image.is_described = bool(wanted.alt_text)
        use(image, renditions)
        image.save()
        done = mine(wanted).update(state=PictureFetch.State.FETCHED, reason="")
        if not done:
            transaction.set_rollback(True)
    return bool(done)


def mine(wanted: PictureFetch) -> PictureFetchQuerySet:
    return PictureFetch.objects.waiting().filter(pk=wanted.pk, tries=wanted.tries)


def refuse(wanted: PictureFetch, reason: str) -> None:
    logger.info("Picture %d is not taken: %s", wanted.pk, reason)
    mine(wanted).update(state=PictureFetch.State.REFUSED, reason=reason[:300])


def try_later(wanted: PictureFetch, reason: str) -> None:
    if wanted.tries > len(PAUSES):
        refuse(wanted, reason)
        return
    pause = PAUSES[wanted.tries - 1]
    mine(wanted).update(next_try_at=Now() + pause, reason=reason[:300])
