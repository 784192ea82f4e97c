"""What is found from the header of every page of the admin, and how each hit is named."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet


class Find(NamedTuple):
    """A model whose own list in the admin is searched, as its search field searches it."""

    model: type[Model]
    label: Any
    # How it stands, and what tells it from others, in a few words.
    state: Callable[[Any], Any]
    note: Callable[[Any], Any]
    # Fetches what these read.
    fetch: Callable[[Any], QuerySet[Any]] = lambda rows: rows
    title: Callable[[Any], Any] = str
    # The name of the address in the admin to which a hit leads, if it is not its form.
    page: str = ""
