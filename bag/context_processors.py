from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bag.session import Bag
from bag.time_left import remind_at


def bag(request: HttpRequest) -> dict[str, Any]:
    """Expose the bag without touching the session until a template asks for it."""
    return {
        "bag": SimpleLazyObject(lambda: Bag(request)),
        "hold_minutes": int(settings.HOLD_FOR.total_seconds() // 60),
        "remind_at": remind_at(),
    }
