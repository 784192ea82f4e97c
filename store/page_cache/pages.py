"""The pages of this process, and the things whose changes they depend on."""

import gzip
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from threading import Lock, local
from typing import NamedTuple

import brotli
from django.db import connection

from store.generation import begin_generation, note_change
from store.models import EVERYTHING, SEARCH
from store.page_cache.watching import Answer, PostgresqlWatch, Shown, SqliteWatch

MOST_BYTES = 32 * 1024 * 1024
MOST_WANTED = 10_000
# What a page costs beside its text.
BYTES_AROUND = 2_000
EXPAND: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
}

Key = tuple[str, ...]


class KeptPage(NamedTuple):
    content: bytes
    headers: tuple[tuple[str, str], ...]
    shown: Shown

    @property
    def size(self) -> int:
        return len(self.content) + BYTES_AROUND

    @property
    def text(self) -> str:
        coding = dict(self.headers).get("Content-Encoding")
        return (EXPAND[coding](self.content) if coding else self.content).decode()


class PageCache:
    """Pages by their addresses, those asked for least lately leave first."""

    def __init__(self, watch: PostgresqlWatch | SqliteWatch, most_bytes: int = MOST_BYTES) -> None:
        self.watch = watch
        self.most_bytes = most_bytes
        self.lock = Lock()
        self.pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self.keys_of: defaultdict[int, set[Key]] = defaultdict(set)
        self.size = 0
        self.wanted: OrderedDict[Key, None] = OrderedDict()
        # How often something has changed.
        self.changes = 0

    def find(self, key: Key) -> KeptPage | None:
        """A page that is as it would be made now, by what the database says now."""
        page = self.pages.get(key)
        if page is None:
            return None
        answer = self.watch.ask(page.shown)
        with self.lock:
            self.note(answer)
            if answer.shown != page.shown or self.pages.get(key) is not page:
                return None
            self.pages.move_to_end(key)
            return page

    def begin(self) -> int:
        """Before a page is made that may be kept: learn what has changed, and count it."""
        answer = self.watch.ask(Shown({}))
        with self.lock:
            self.note(answer)
            return self.changes

    def keep(self, key: Key, page: KeptPage, *, since: int) -> None:
        """Keep a page, unless something has changed while it was made."""
        with self.lock:
            if self.changes != since or page.size > self.most_bytes:
                return
            self.drop(key)
            self.pages[key] = page
            self.size += page.size
            for item in page.shown.items:
                self.keys_of[item].add(key)
            while self.size > self.most_bytes:
                self.drop(next(iter(self.pages)))

    def note(self, answer: Answer) -> None:
        """Forget what has changed: in one with noting it, for other threads are not told again."""
        changed = self.watch.note(answer)
        if not changed:
            return
        self.changes += 1
        note_change()
        if EVERYTHING in changed:
            begin_generation()
            self.pages.clear()
            self.keys_of.clear()
            self.size = 0
        for item in {SEARCH, *changed}:
            for key in [*self.keys_of.get(item, ())]:
                self.drop(key)

    def is_wanted(self, key: Key) -> bool:
        """Whether it was asked for before: what is asked for once is not worth the room."""
        return key in self.wanted

    def want(self, key: Key, *, wanted: bool = True) -> None:
        with self.lock:
            self.wanted.pop(key, None)
            if wanted:
                self.wanted[key] = None
            while len(self.wanted) > MOST_WANTED:
                self.wanted.popitem(last=False)

    def drop(self, key: Key) -> None:
        page = self.pages.pop(key, None)
        if page is None:
            return
        self.size -= page.size
        for item in page.shown.items:
            self.keys_of[item].discard(key)
            if not self.keys_of[item]:
                del self.keys_of[item]


_of_process = PageCache(PostgresqlWatch())
_of_thread = local()


def pages() -> PageCache:
    """Those of this process; on SQLite of this thread, for only its own connection tells it."""
    if connection.vendor == "postgresql":
        return _of_process
    if not hasattr(_of_thread, "pages"):
        _of_thread.pages = PageCache(SqliteWatch())
    found: PageCache = _of_thread.pages
    return found
