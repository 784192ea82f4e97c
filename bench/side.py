"""One side of `bench.beside`: answers requests within its own process, by the code of one tree.

Imports nothing of ours, for the tree may be older. Reads what to measure line by line, and writes
a line of JSON for each.
"""

import gc
import json
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.cookies import SimpleCookie
from io import BytesIO
from itertools import count
from time import process_time
from typing import Any

import django
from django.core.wsgi import get_wsgi_application
from django.db import connection

APPLICATION: Callable[..., Any] = get_wsgi_application()
PAGES, CLICKS = 12, 5
# Those who come with a bag take other things than those who add to theirs.
TAKEN, ADDED = count(100), count(1000)


class Visitor:
    """A browser with cookies."""

    def __init__(self) -> None:
        self.cookies: SimpleCookie = SimpleCookie()
        self.status = ""

    def ask(self, method: str, path: str, body: bytes = b"") -> str:
        response = APPLICATION(self.environ(method, path, body), self.start)
        content = b"".join(response)
        response.close()
        if self.status[:3] not in {"200", "302"}:
            sys.exit(f"{path} answered {self.status}")
        return content.decode()

    def environ(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        path, _, query = path.partition("?")
        cookies = "; ".join(f"{name}={found.value}" for name, found in self.cookies.items())
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_COOKIE": cookies,
            "HTTP_HOST": "localhost",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
        }

    def start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status = status
        for name, value in headers:
            if name == "Set-Cookie":
                self.cookies.load(value)
        for name in [name for name, each in self.cookies.items() if each["max-age"] == "0"]:
            del self.cookies[name]

    def add(self, item: int) -> None:
        token = self.cookies["csrftoken"].value
        body = f"csrfmiddlewaretoken={token}&quantity=1"
        self.ask("POST", f"/bag/add/{item}/", body.encode())


def new_visitor(*, bag: bool) -> Visitor:
    visitor = Visitor()
    visitor.ask("GET", "/accounts/login/")
    if bag:
        visitor.add(next(TAKEN))
    return visitor


def requests(what: str) -> Iterator[Callable[[], object]]:
    """The requests of one round."""
    visitor = new_visitor(bag="bag" in what)
    if what == "add":
        yield from (partial(visitor.add, next(ADDED)) for _ in range(CLICKS))
    else:
        for path in ["/store/"] * PAGES if "list" in what else ITEMS:
            yield partial(visitor.ask, "GET", path)


def seconds(what: str) -> list[float]:
    """What each request of one round takes of the processor."""
    gc.collect()
    return [timed(request) for request in requests(what)]


def timed(request: Callable[[], object]) -> float:
    started = process_time()
    request()
    return process_time() - started


def calls(what: str) -> int:
    """How many functions one round calls."""
    found = 0

    def called(_frame: object, event: str, _arg: object) -> None:
        nonlocal found
        found += event in {"call", "c_call"}

    for request in requests(what):
        sys.setprofile(called)
        request()
        sys.setprofile(None)
    return found


def queries(what: str) -> int:
    """How many queries one round sends."""
    found = 0

    def asked(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal found
        found += 1
        return execute(*args)

    for request in requests(what):
        with connection.execute_wrapper(asked):
            request()
    return found


MEASURES: dict[str, Callable[[str], Any]] = {"seconds": seconds, "calls": calls, "queries": queries}


if __name__ == "__main__":
    listed = Visitor().ask("GET", "/store/?page=2")
    ITEMS = list(dict.fromkeys(re.findall(r'href="(/store/item/[^"]+)"', listed)))[:PAGES]
    print(json.dumps(django.__version__), flush=True)
    for line in sys.stdin:
        measure, what = json.loads(line)
        print(json.dumps(MEASURES[measure](what)), flush=True)
