"""A small load generator: keep-alive connections that do as little as possible themselves."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from tests.visitor import Visitor

# Two per worker process keep both busy; more only queue.
CONNECTIONS = 4


def rate(works: Sequence[Callable[[], object]]) -> float:
    """Do all works, each in a thread of its own, and return how many a second went through.

    Each work returns how many requests it has made.
    """
    started = perf_counter()
    with ThreadPoolExecutor(len(works)) as threads:
        made = sum(int(str(count)) for count in threads.map(lambda work: work(), works))
    return made / (perf_counter() - started)


def fetch_all(visitor: Visitor, paths: Iterable[str]) -> int:
    return sum(bool(visitor.get(path)) for path in paths)
