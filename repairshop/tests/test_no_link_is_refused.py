"""Whatever staff are shown in the admin, they may open: every link is followed by every role."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.groups import GROUPS
from accounts.models import User
from accounts.tests.factories import make_staff
from repairshop.tests.desk_world import fill

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
# Which would end the visit.
LEAVES = {"logout"}


def links_in(page: str, address: str) -> Iterator[str]:
    for link in LINK.findall(page):
        parts = urlsplit(urljoin(address, unescape(link)))
        if parts.scheme not in {"", "http", "https"} or parts.netloc:
            continue
        yield parts.path


def kind_of(address: str) -> str:
    """The page that an address leads to, whichever row it shows."""
    try:
        found = resolve(address)
    except Resolver404:
        return address
    named = ":".join(filter(None, [found.namespace, found.url_name or address]))
    # One entry each for Django's pages of all apps.
    return f"{named} {found.kwargs.get('app_label', '')}"


def refused(client: Client) -> list[str]:
    """Addresses that lead to no page, though a page of the admin leads there."""
    waiting, seen, wrong = ["/admin/"], set[str](), list[str]()
    while waiting:
        address = waiting.pop()
        if (kind := kind_of(address)) in seen:
            continue
        seen.add(kind)
        answer = client.get(address)
        if answer.status_code >= 400:
            wrong.append(f"{answer.status_code} {address}")
        if "html" in answer.headers.get("Content-Type", "") and address.startswith("/admin/"):
            waiting += links_in(answer.content.decode(), address)
    assert len(seen) > 20
    return wrong


@pytest.mark.parametrize("group", GROUPS)
def test_no_link_is_refused(group: str, alice: User) -> None:
    staff = make_staff("staff@example.com", group=group)
    fill(staff, alice)
    client = Client()
    client.force_login(staff)

    assert refused(client) == []
