"""What a browser sends, field by field."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict

from typed.text import tidy

FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}


def tidied(data: QueryDict) -> QueryDict:
    """The same fields with their texts as they were meant; the same object when they are.

    Passwords stay as they are, to the last character: they are compared, never read.
    """
    changed = {
        name: tidy_texts
        for name, texts in data.lists()
        if "password" not in name and (tidy_texts := [tidy(text) for text in texts]) != texts
    }
    if not changed:
        return data
    meant: Any = data.copy()
    for name, texts in changed.items():
        meant.setlist(name, texts)
    meant._mutable = False
    return meant  # type: ignore[no-any-return]


class TidyMiddleware:
    """Every form, search and filter reads what was meant, those of the admin as well.

    Stands behind the check of where a form comes from, which reads the form anyway.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.GET = tidied(request.GET)  # type: ignore[assignment]
        except TooManyFieldsSent:
            # Whoever reports it reads them again.
            request.GET = QueryDict()
            raise
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *arguments: Any) -> None:
        # Without that check, nobody has read the body yet: it may be for the view to read raw.
        is_checked = not getattr(view, "csrf_exempt", False)
        if is_checked and request.method == "POST" and request.content_type in FORM_TYPES:
            request.POST = tidied(request.POST)  # type: ignore[assignment]
