from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from store.models import ShopProfile


def shop(request: HttpRequest) -> dict[str, ShopProfile]:
    """The shop's own row, for header and footer; read when a template asks for it."""
    return {"shop": SimpleLazyObject(ShopProfile.get_solo)}
