from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from store.models import ShopProfile
from store.navigation import category_links


def shop(request: HttpRequest) -> dict[str, Any]:
    """The shop's own row and its categories; read when a template asks for them."""
    return {"shop": SimpleLazyObject(ShopProfile.for_pages), "categories": category_links}
