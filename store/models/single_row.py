"""Tables of one row that staff edit, such as the profile of the shop."""

from typing import Self

from django.core.cache import cache
from solo.models import SingletonModel

from store.generation import key_of, keys_of

SECONDS_FOR_PAGES = 60


class SingleRow(SingletonModel):
    """The only row of its table, which staff edit in the admin.

    `get_solo()` asks the database. What is written down, into books, quotes or mails, depends on
    no cache: another process may have saved something else a moment ago.
    """

    class Meta:
        abstract = True

    @classmethod
    def for_pages(cls) -> Self:
        """The row as it was a minute ago at most, for what is only shown: every page asks for it.

        The process that saves it sees it at once.
        """
        key = key_of(cls.get_cache_key())
        found: Self | None = cache.get(key)
        if found is None:
            found = cls.get_solo()
            cache.set(key, found, SECONDS_FOR_PAGES)
        return found

    @classmethod
    def clear_cache(cls) -> None:
        cache.delete_many(keys_of(cls.get_cache_key()))

    def set_to_cache(self) -> None:
        """After `save()`: pages ask anew, for its transaction may yet fail."""
        self.clear_cache()
