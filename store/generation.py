"""Under which names that is kept which all pages show, such as the shop's profile.

A page that is made to be given to everybody reads it anew once this process has learnt that
something has changed. It reads nothing that was kept within a transaction, which may have failed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

_count = count(1)
_generation = 0
_change = 0
_for_everybody: ContextVar[bool] = ContextVar("for_everybody", default=False)


def begin_generation() -> None:
    global _generation
    _generation = next(_count)


def note_change() -> None:
    """Something has changed, if only the price of one thing."""
    global _change
    _change = next(_count)


@contextmanager
def for_everybody() -> Iterator[None]:
    """Around the making of a page that may be kept."""
    token = _for_everybody.set(True)
    try:
        yield
    finally:
        _for_everybody.reset(token)


def key_of(name: str, *, by_any: bool = False) -> str:
    """The key in Django's cache of what is kept under a name: there until all pages change, or
    until any change at all.
    """
    if not _for_everybody.get():
        return name
    return f"{name}:{_generation}:{_change}" if by_any else f"{name}:{_generation}"


def keys_of(name: str) -> list[str]:
    """All that a process that has changed it forgets."""
    return [name, f"{name}:{_generation}"]
