"""Follow every link of a shop, each kind of address once."""

import re
from collections import deque
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from tests.browsing import Page


class Browser(Protocol):
    def get(self, path: str) -> Page: ...


def crawl(visitor: Browser, start: str) -> dict[str, int]:
    """Follow all links from an address that stay below it; return the status of each.

    A 5xx fails on the spot.
    """
    waiting, known = deque([start]), {kind(start)}
    found: dict[str, int] = {}
    while waiting:
        address = waiting.popleft()
        page = visitor.get(address)
        found[address] = page.status
        for link in page.links:
            if link.startswith(start) and kind(link) not in known:
                known.add(kind(link))
                waiting.append(link)
    return found


def kind(address: str) -> str:
    """What two addresses have in common that show the same kind of page.

    In the admin, rows of one model are of a kind. So is what a list is filtered by, and filters
    are tried one at a time.
    """
    path, query = urlsplit(address)[2:4]
    if path.startswith("/admin/"):
        path = re.sub(r"/\d+/", "/N/", path)
    names = parse_qs(query, keep_blank_values=True)
    return f"{path}?{next(iter(names))}" if len(names) == 1 else path
