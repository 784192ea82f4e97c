"""The country of the shop: the app that has its profile says which."""

from collections.abc import Callable

HOMES: list[Callable[[], str]] = []


def own_country() -> str:
    """Its code, or "" while nobody knows it."""
    return next(filter(None, (home() for home in HOMES)), "")
