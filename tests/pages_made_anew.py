"""What a visitor is given, beside what would be made for somebody else at the same moment."""

import re
from http.cookies import SimpleCookie
from typing import Any

from django.core.cache import cache
from django.test import Client

SECONDS = re.compile(r'data-seconds-left="\d+"')
TOKEN = re.compile(r"<input[^>]*csrfmiddlewaretoken[^>]*>")


def get(path: str, **headers: str) -> Any:
    """As a browser that has never been here."""
    return Client().get(path, headers=headers)


def made_anew(path: str) -> Any:
    """The page of somebody who had a session once, which is never kept."""
    cache.clear()
    person = Client()
    person.cookies = SimpleCookie({"sessionid": "x" * 32})
    return person.get(path)


def seen(answer: Any) -> tuple[int, str]:
    """Without what belongs to one visitor or request."""
    text = answer.content.decode().replace(answer.headers["X-Request-ID"], "")
    # Two pages may be made in two seconds.
    text = SECONDS.sub("", TOKEN.sub("", text))
    return answer.status_code, text


def is_kept(answer: Any) -> bool:
    """Whether it is from memory, or will be the next time."""
    return "ETag" in answer.headers


def is_filled_in(answer: Any) -> bool:
    """Whether a guest's page is from memory: no view was looked for."""
    return answer.wsgi_request.resolver_match is None
