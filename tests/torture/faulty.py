"""What is done to the shop of rows 6 to 8: `shop(run, control="faulty.<name>")`."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from psycopg2.extensions import set_wait_callback

import bag.services
from repairshop import database_timeout, timer
from repairshop.models import Heartbeat, HeartbeatQuerySet
from store.models import Piece
from store.statements import Statement

Kept = TypeVar("Kept", bound=Statement)

# As `repairshop.database_timeout`, with a clock that runs faster, as the timer's does.
ANSWER_SECONDS = 2
# The parts of a round beside its jobs.
STEPS: dict[str, object] = {
    "close_old_connections": timer,
    "save": Heartbeat,
    "stale": HeartbeatQuerySet,
    "on": HeartbeatQuerySet,
}


def obey() -> None:
    """Let the job or step that the file FAULT names fail, for as long as it is named there."""
    database_timeout.SECONDS = ANSWER_SECONDS
    # One that asks without a transaction, as jobs may.
    timer.JOBS.insert(0, count_holds)
    timer.JOBS[:] = [obedient(job) for job in timer.JOBS]
    for name, owner in STEPS.items():
        setattr(owner, name, obedient(getattr(owner, name)))


def obey_and_keep_connections() -> None:
    """A control of row 7: a thread that never closes a broken connection."""
    obey()
    timer.close_old_connections = keep  # type: ignore[attr-defined]


def keep(**kwargs: Any) -> None:
    """Close no connection, whatever has become of it."""


def obey_and_wait_for_ever() -> None:
    """A control of row 7: one that waits for a server which will never answer."""
    obey()
    set_wait_callback(None)


def free_needs_the_timer() -> None:
    """The control of row 6: a piece is available when its hold has been tidied away."""
    bag.services.AVAILABLE = Piece.objects.on_sale().filter(held_by=None)
    bag.services.AVAILABLE_PIECES = rebuilt(bag.services.AVAILABLE_PIECES)
    bag.services.HOLD.change = rebuilt(bag.services.HOLD.change)


def rebuilt(statement: Kept) -> Kept:
    """A statement made once more: what it was built of is another thing by now."""
    return type(statement)(statement.build, **statement.fields)


def count_holds() -> int:
    return Piece.objects.held().count() * 0


def obedient(step: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(step)
    def obeys(*args: Any, **kwargs: Any) -> Any:
        if Path(os.environ["FAULT"]).read_text() == step.__name__:
            raise RuntimeError(f"{step.__name__} was told to fail")
        return step(*args, **kwargs)

    return obeys
