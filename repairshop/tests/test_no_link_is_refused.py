"""Whatever staff are shown in the admin, they may open: every link is followed by every role."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.groups import GROUPS
from accounts.models import User
from accounts.tests.factories import make_staff
from repairshop.tests.desk_world import fill
from tests.replay import ask

pytestmark = pytest.mark.django_db


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
        page = ask(client, address)
        if page.status >= 400:
            wrong.append(f"{page.status} {address}")
        if address.startswith("/admin/"):
            waiting += [urlsplit(link).path for link in page.links]
    assert len(seen) > 20
    return wrong


@pytest.mark.parametrize("group", GROUPS)
def test_no_link_is_refused(group: str, alice: User) -> None:
    staff = make_staff("staff@example.com", group=group)
    fill(staff, alice)
    client = Client()
    client.force_login(staff)

    assert refused(client) == []
