from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bag.remaining import remind_at
from bag.session import Bag


def bag(request: HttpRequest) -> dict[str, Any]:
    """Expose the bag without touching the session until a template asks for it."""
    return {
        "bag": SimpleLazyObject(lambda: Bag(request)),
        "hold_minutes": int(settings.HOLD_FOR.total_seconds() // 60),
        "remind_at": remind_at(),
    }
