"""The crawls of other tests miss no link of a page."""

from urllib.parse import urldefrag, urljoin

import pytest
from django.test import Client

from store.models import Item
from tests.browsing import Page


@pytest.mark.parametrize("address", ["/", "/admin/", "/admin/store/item/", "/admin/store/order/"])
def test_all_links_of_a_page_are_found(admin_client: Client, clock: Item, address: str) -> None:
    page = Page(address, 200, admin_client.get(address).content, "text/html")
    hrefs = [urljoin(address, str(link["href"])) for link in page.soup.select("a[href]")]
    inside = [urldefrag(href).url for href in hrefs if href.startswith("/")]

    assert len(inside) > 10
    assert list(page.links) == inside


def test_what_only_looks_like_a_link_is_none() -> None:
    html = b"""<a data-href="/1/" href="/2/?a=1&amp;b=2"><abbr href="/3/"><a title="a > b"
        class='x "y"' href="/4/"><a name="5"></a><p href="/6/">"""

    assert list(Page("/", 200, html, "text/html").links) == ["/2/?a=1&b=2", "/4/"]
