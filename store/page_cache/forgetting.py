from django.db.models.functions import Now

from store.models import CatalogueChange
from store.page_cache.watching import KEPT_FOR


def forget_changes() -> int:
    """Delete what every process knows, or will be too late to ask for; return how many.

    When a change could be seen is known of its mark alone: its transaction may have begun long
    before.
    """
    deleted, _ = CatalogueChange.objects.filter(seen_at__lt=Now() - KEPT_FOR).delete()
    CatalogueChange.objects.filter(seen_at=None).update(seen_at=Now())
    return deleted
