"""What came of the last call to each service, as far as this process knows.

For `/healthz`: nobody is asked anything for it, so no probe of strangers costs a call.
"""

from time import monotonic
from typing import NamedTuple


class LastCall(NamedTuple):
    """`error` is the name of its class, without the words, which may tell secrets; "" if none."""

    error: str
    seconds_ago: float


_ended: dict[str, tuple[str, float]] = {}


def note(service: str, failure: BaseException | None = None) -> None:
    """Remember that a service has answered, or how it failed to."""
    error = type(failure.__cause__ or failure).__name__ if failure else ""
    _ended[service] = (error, monotonic())


def last_calls() -> dict[str, LastCall]:
    now = monotonic()
    return {service: LastCall(error, now - at) for service, (error, at) in [*_ended.items()]}


def forget() -> None:
    _ended.clear()
