"""Pictures that were stored for a form with an error go when nobody sends it again."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from store.models import ItemImage, KeptPicture, ShopProfile
from store.pictures.files import remove_after_commit
from store.pictures.sizes import all_siblings

# So long a form may name them.
KEPT_SECONDS = 24 * 60 * 60
# For a form that was sent at the last moment, and is still being read.
SPARE = timedelta(hours=1)
PICTURES_A_ROUND = 100


def keep(names: Iterable[str]) -> None:
    """Let stored pictures be there for a day from now, whether or not a row ever names them."""
    rows = [KeptPicture(name=name, kept_at=Now()) for name in names]
    KeptPicture.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["name"], update_fields=["kept_at"]
    )


def is_stored(name: str) -> bool:
    """Whether a file that a form names is still there: its thing or its day may be gone."""
    try:
        return default_storage.exists(name)
    except OSError:
        return False


def remove_abandoned_pictures() -> int:
    """Remove those that no row names after their day; return how many. A timer job."""
    over = KeptPicture.objects.filter(kept_at__lt=Now() - timedelta(seconds=KEPT_SECONDS) - SPARE)
    removed = 0
    for name in list(over.values_list("name", flat=True)[:PICTURES_A_ROUND]):
        with transaction.atomic():
            # Of several processes, one deletes it; and none what was kept anew meanwhile.
            if over.filter(name=name).delete()[0] and not is_used(name):
                remove_after_commit(name, names={name, *all_siblings(name)})
                removed += 1
    return removed


def is_used(name: str) -> bool:
    """Whether a thing or the shop shows it."""
    shops = ShopProfile.objects.filter(Q(logo=name) | Q(notice=name))
    return ItemImage.objects.filter(image=name).exists() or shops.exists()
