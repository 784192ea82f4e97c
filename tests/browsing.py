"""A browser without scripts: it follows links and fills in the forms that pages show."""

import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from http.cookiejar import CookieJar
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from bs4 import BeautifulSoup, Tag
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.processes import Process

BUTTONS = {"submit", "button", "image", "file", "reset"}
# Crawls look at thousands of pages, and to build the tree of one takes as long as to make it.
LINK = re.compile(r"""<a\s(?:[^>"']|"[^"]*"|'[^']*')*?(?<=\s)href="([^"]*)\"""")


@dataclass(frozen=True)
class Page:
    # Where redirects have led.
    path: str
    status: int
    content: bytes
    kind: str

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.content, "html.parser")

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    @property
    def links(self) -> Iterator[str]:
        """The addresses on this site that the page leads to."""
        if not self.kind.startswith("text/html"):
            return
        for link in LINK.findall(self.content.decode()):
            parts = urlsplit(urljoin(self.path, unescape(link)))
            if not parts.netloc and parts.scheme in {"", "http", "https"}:
                yield parts.path + (f"?{parts.query}" if parts.query else "")

    def form(self, action: str = "") -> Tag:
        """The form that posts to this address or one that ends so; to the page's own without."""
        for form in self.soup.select("form[method=post]"):
            target = str(form.get("action") or self.path)
            if target.endswith(action) if action else urlsplit(target).path == self.path:
                return form
        raise AssertionError(f"No form for {action or 'this address'} on {self.path}: {self.text}")


class Visitor:
    """Somebody at one site, whose forms may reach another one, with the same cookies."""

    def __init__(self, site: Process, *, sends_to: Process | None = None) -> None:
        self.site = site
        self.sends_to = sends_to or site
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def at(self, site: Process) -> Self:
        """The same person at another site."""
        there = copy(self)
        there.site = there.sends_to = site
        return there

    def get(self, path: str) -> Page:
        return self.ask(self.site, path, None, {})

    def send(self, page: Page, action: str = "", **fields: Any) -> Page:
        """Fill a form of a page in and send it; `__` stands for the hyphen in a field's name."""
        form = page.form(action)
        named = {name.replace("__", "-"): value for name, value in fields.items()}
        body = encode_multipart(BOUNDARY, {**dict(filled(form)), **named})
        target = urljoin(page.path, str(form.get("action") or page.path))
        return self.ask(self.sends_to, target, body, {"Content-Type": MULTIPART_CONTENT})

    def ask(self, site: Process, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        url = f"http://localhost:{site.port}{path}"
        request = Request(url, body, {"Referer": url, **headers})
        try:
            answer = self.opener.open(request, timeout=60)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            kind = answer.headers.get("Content-Type", "")
            parts = urlsplit(answer.url)
            page = Page(parts.path, answer.status, answer.read(), kind)
        assert page.status < 500, f"{path} answered {page.status}: {page.text[:500]}"
        return page


def filled(form: Tag) -> Iterator[tuple[str, str]]:
    """What a form sends when nothing in it is touched, but for its buttons and files."""
    for field in form.select("input[name], select[name], textarea[name]"):
        kind = field.get("type", "text") if field.name == "input" else field.name
        if kind in BUTTONS or (kind in {"checkbox", "radio"} and not field.has_attr("checked")):
            continue
        yield str(field["name"]), value_of(field)


def value_of(field: Tag) -> str:
    if field.name == "textarea":
        return field.get_text()
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option")
        return str(chosen.get("value", chosen.get_text())) if chosen else ""
    return str(field.get("value", "on" if field.get("type") == "checkbox" else ""))
