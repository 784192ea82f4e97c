"""Room for work that keeps a processor busy: photos, papers, imports and exports."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from math import inf
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from outside.bulkhead import VISITOR_THREADS, Bulkhead, Unavailable

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class NoRoom(Exception):
    """There is as much heavy work under way as there may be."""


class Room(Bulkhead):
    """A bulkhead around work in the caller's own thread, which has its database connection.

    It is full by itself, whatever is waited for outside: nobody's payment fails for a photo.
    """

    def __init__(self, name: str, *, threads: int, most_waiting: float = inf) -> None:
        self.begun = {}
        self.most_waiting = most_waiting
        super().__init__(name, threads=threads, seconds=1)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Work in here, or raise NoRoom; a place within a place is the same one."""
        if getattr(self.here, "works", False):
            yield
            return
        token = object()
        try:
            self.enter(token, monotonic() + self.seconds)
        except Unavailable as refusal:
            raise NoRoom from refusal
        self.here.works = True
        try:
            yield
        finally:
            self.here.works = False
            self.leave(token)


HALF = max(1, VISITOR_THREADS // 2)
heavy_work = Room("heavy work", threads=HALF)
# Of all that strangers may ask for, what takes the database longest. A room of its own, so that
# whoever searches finds no photo in the way, and that leaves a thread to all other pages.
searches = Room("searches", threads=HALF, most_waiting=max(0, VISITOR_THREADS - HALF - 1))


def heavy(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Keep a place while this works; if it makes an answer that streams, until that has ended."""

    @wraps(work)
    def placed(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with ExitStack() as place:
            place.enter_context(heavy_work.place())
            result: Any = work(*args, **kwargs)
            if getattr(result, "streaming", False):
                result._resource_closers.append(place.pop_all().close)
            return result  # type: ignore[no-any-return]

    return placed
