"""What search engines are told of each page that they may list."""

import re
from collections import Counter
from html import unescape
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from store.tests.factories import make_category, make_item

pytestmark = pytest.mark.django_db
LOC = re.compile(r"<loc>([^<]+)</loc>")


def listed(client: Client) -> list[str]:
    """Every address of the sitemap, and the workshop's."""
    files = LOC.findall(client.get("/sitemap.xml").content.decode())
    pages = [client.get(unescape(file)).content.decode() for file in files]
    addresses = [urlsplit(found).path for page in pages for found in LOC.findall(page)]
    return [*addresses, reverse("repairs:workshop")]


def test_every_page_of_the_sitemap_has_a_title_and_a_description_of_its_own(
    client: Client,
) -> None:
    clocks = make_category("Clocks")
    make_item(title="Regulator", category=clocks, description="Eight days, " * 40)
    make_item(title="Lamp", category=make_category("Lamps", parent=clocks))

    addresses = listed(client)
    assert len(addresses) >= 10
    seen: dict[str, Counter[str]] = {"title": Counter(), "description": Counter()}
    for address in addresses:
        page = BeautifulSoup(client.get(address).content, "html.parser")
        [meta] = page.select('meta[name="description"]')
        assert page.title
        seen["title"][page.title.get_text()] += 1
        seen["description"][str(meta["content"])] += 1
        assert 10 <= len(str(meta["content"])) <= 200, address

    assert {name: [text for text in found if found[text] > 1] for name, found in seen.items()} == {
        "title": [],
        "description": [],
    }
