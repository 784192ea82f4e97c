from django.db import models

# What a change is about that may have changed which things a page shows, or all pages.
EVERYTHING = 0
# Of one that has changed which things words find, and nothing else.
SEARCH = -1


class CatalogueChange(models.Model):
    """What has changed that pages show, as PostgreSQL's triggers write it down.

    In the transaction that changes it, whoever does: a form, an import, the release before. Each
    row has the number of its transaction (`xid`, a column for the triggers alone), by which
    `store.page_cache.watching` finds what it has not seen yet. Holds are not among them: they are
    asked for each time. SQLite has no triggers for it, and no rows.
    """

    # The thing whose page and card are others now, or EVERYTHING or SEARCH.
    item_id = models.BigIntegerField(default=EVERYTHING)
    # When the timer saw it: whoever asks more often than it is kept from then on has seen it, too.
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.pk}: {self.item_id or 'everything'}"
