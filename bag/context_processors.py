from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bag.session import Bag


def bag(request: HttpRequest) -> dict[str, SimpleLazyObject]:
    """Expose the bag without touching the session until a template asks for it."""
    return {"bag": SimpleLazyObject(lambda: Bag(request))}
