"""Every answer carries the security headers, and no page needs a looser policy."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver
from pytest_django.fixtures import Settings

from repairshop.middleware import BoundariesMiddleware
from repairshop.models import Heartbeat
from store.models import Item
from tests.everything import routes

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": BoundariesMiddleware.POLICY,
}
# What a strict policy would not let run: inline scripts, styles and handlers. Blocks of
# JSON are data.
INLINE = re.compile(
    r"<style|\sstyle=|<[^>]+\son\w+=|javascript:"
    r"|<script(?![^>]*\ssrc=)(?![^>]*type=\"application/(?:ld\+)?json\")",
    re.IGNORECASE,
)
BROKEN = pytest.mark.urls("tests.broken_urls")


def addresses(item: Item) -> Iterator[str]:
    """One address for each route, of things that exist where it asks for one."""
    for route in routes(get_resolver()):
        if "(?P" not in route:
            slug = str(item.category.slug if route.startswith("/store/<") else item.slug)
            filled = re.sub(r"<(?:\w+:)?\w*slug>", slug, route)
            yield re.sub(r"<[^>]+>", str(item.pk), filled)
    yield f"/admin/store/item/{item.pk}/change/"


def assert_guarded(answer: HttpResponseBase, address: str) -> None:
    found = {name: answer.headers.get(name) for name in HEADERS}
    assert found == HEADERS, address
    # Mails and feeds of others show pictures of things, and nothing else of ours.
    embedded = "cross-origin" if address.startswith("/media/") else "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == embedded, address
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy, address
    assert "unsafe" not in policy, address
    assert answer.headers["X-Request-ID"], address


@pytest.mark.parametrize("who", ["client", "admin_client"])
def test_every_route_is_guarded_and_needs_no_inline_code(
    who: str, clock: Item, request: pytest.FixtureRequest
) -> None:
    Heartbeat.objects.create(process="web")
    visitor: Client = request.getfixturevalue(who)
    for address in [*addresses(clock), "/nowhere/", "/media/no-such.jpg"]:
        answer = visitor.get(address)
        assert_guarded(answer, address)
        assert answer.status_code < 500, address
        kind = answer.headers.get("Content-Type", "")
        assert "charset=" in kind or not re.match(r"text/|\w+/(.*\+)?xml", kind), address
        if "html" in kind and not answer.streaming:
            assert not INLINE.search(answer.content.decode()), address
        if address.startswith("/admin/logout") and who == "admin_client":
            visitor.force_login(request.getfixturevalue("admin_user"))


def test_control_the_crawl_finds_inline_code() -> None:
    for bad in ('<p style="x">', "<script>x()</script>", '<a onclick="x">', "<style>"):
        assert INLINE.search(bad)
    assert not INLINE.search('<script src="/x.js" defer></script>')


def test_uploaded_pictures_are_guarded(client: Client, settings: Settings) -> None:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(exist_ok=True)
    (folder / "guarded.jpg").write_bytes(b"x")

    answer = client.get("/media/guarded.jpg")

    assert answer.status_code == 200
    assert_guarded(answer, "/media/guarded.jpg")


@pytest.mark.parametrize("name", ["x" * 300, "../settings.py", "a%00b", ".", "%ff"])
def test_no_picture_has_such_a_name(client: Client, name: str) -> None:
    assert client.get(f"/media/{name}").status_code in {400, 404}


@BROKEN
@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("bug", HTTPStatus.INTERNAL_SERVER_ERROR),
        ("database", HTTPStatus.SERVICE_UNAVAILABLE),
        ("connection", HTTPStatus.SERVICE_UNAVAILABLE),
        ("permission", HTTPStatus.FORBIDDEN),
        ("suspicion", HTTPStatus.BAD_REQUEST),
    ],
)
def test_error_pages_need_no_database_and_are_guarded(how: str, status: HTTPStatus) -> None:
    """pytest-django refuses every query of a test that does not ask for a database."""
    answer = Client(raise_request_exception=False).get(f"/fails/{how}/")

    assert answer.status_code == status
    assert_guarded(answer, how)
    assert answer.headers["X-Request-ID"] in answer.content.decode()
    assert not INLINE.search(answer.content.decode())


# SQLite says so with an OperationalError.
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_no_writes_is_away(clock: Item) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        visitor = Client(raise_request_exception=False)
        answer = visitor.post(f"/bag/add/{clock.pk}/")
    finally:
        # Only for this session of the database.
        connection.close()

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE


@BROKEN
def test_a_database_that_is_away_says_when_to_come_back() -> None:
    answer = Client(raise_request_exception=False).get("/fails/database/")

    assert answer.headers["Retry-After"] == "30"


def test_a_missing_page_needs_no_database() -> None:
    answer = Client().get("/nowhere/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_foreign_host_name_gets_a_guarded_400() -> None:
    answer = Client().get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert_guarded(answer, "foreign host")


def test_a_form_from_elsewhere_gets_a_guarded_403() -> None:
    headers = {"Origin": "https://evil.example"}
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"username": "x"}, headers=headers)

    assert answer.status_code == 403
    assert "Allow cookies" in answer.content.decode()
    assert_guarded(answer, "no token")


def test_the_way_to_tls_is_guarded(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/store/")

    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/store/")
    assert_guarded(answer, "redirect")
