"""What no page of the admin asks for: refused before Django fails at it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import MAXYEAR

from django.core.exceptions import BadRequest
from django.http import HttpRequest

PARTS = {"year": MAXYEAR, "month": 12, "day": 31}
PART = re.compile(rf"__({'|'.join(PARTS)})$")
# Of forms below a form: how many there are, and how many were there.
COUNT = re.compile(r"-(TOTAL|INITIAL)_FORMS$")
MOST_FORMS = 1000
# Our own pages answer beside the field.
PAGES_OF_DJANGO = ("_changelist", "_change", "_add")


@contextmanager
def no_nonsense(request: HttpRequest) -> Iterator[None]:
    """Raise BadRequest for what only a program writes, which SQLite finds only when it is asked:
    that a row has a number that no row can have.
    """
    refuse_nonsense(request)
    try:
        yield
    except OverflowError as problem:
        raise BadRequest(str(problem)) from problem


def refuse_nonsense(request: HttpRequest) -> None:
    """Raise BadRequest for what only a program writes into an address or a hidden field."""
    match = request.resolver_match
    page = str(match.url_name) if match else ""
    if page.endswith("_changelist"):
        refuse_filters(request)
    if not page.endswith(PAGES_OF_DJANGO):
        return
    for name, texts in request.POST.lists():
        if COUNT.search(name) and not all(is_count(text, MOST_FORMS) for text in texts):
            raise BadRequest(name)


def refuse_filters(request: HttpRequest) -> None:
    """Those of a list, but not what is typed into its search."""
    for name, texts in request.GET.lists():
        part = PART.search(name)
        most = PARTS[part[1]] if part else None
        if any(
            ("\0" in text and name != "q") or (most and not is_count(text, most)) for text in texts
        ):
            raise BadRequest(name)


def is_count(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= most
