from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bag.session import Bag
from bag.time_left import remind_at
from store.hold_time import hold_minutes


def bag(request: HttpRequest) -> dict[str, Any]:
    """Expose the bag without touching the session until a template asks for it."""
    return {
        "bag": SimpleLazyObject(lambda: Bag(request)),
        # Called by a template that asks for them.
        "hold_minutes": hold_minutes,
        "remind_at": remind_at,
    }
