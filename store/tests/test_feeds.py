from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from store.models import Item, ShopProfile
from store.sitemaps import ItemSitemap
from store.tests.factories import make_category, make_item, offer_languages

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def xml(client: Client, url: str) -> ElementTree.Element:
    response = client.get(url)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)  # noqa: S314 (our own output)


def addresses(client: Client, url: str) -> list[str]:
    return [each.text or "" for each in xml(client, url).iter(f"{SITEMAP}loc")]


def test_the_feed_has_the_newest_things_on_sale(client: Client) -> None:
    make_item(title="Old lamp", description="It <b>shines</b> & glows")
    make_item(title="Gone", pieces=0)
    make_item(title="New lamp")

    feed = xml(client, reverse("store:feed"))

    assert [each.findtext(f"{ATOM}title") for each in feed.iter(f"{ATOM}entry")] == [
        "New lamp",
        "Old lamp",
    ]
    old = list(feed.iter(f"{ATOM}entry"))[1]
    assert "It &lt;b&gt;shines" in (old.findtext(f"{ATOM}summary") or "")


def test_an_empty_feed_is_a_feed(client: Client) -> None:
    assert not list(xml(client, reverse("store:feed")).iter(f"{ATOM}entry"))


def test_a_letter_that_no_xml_may_hold_keeps_nobody_from_reading(client: Client) -> None:
    category = make_category("Mugs\x1b")
    make_item(title="Enamel \x0bmug", description="White\uffff", category=category)
    profile = ShopProfile.for_pages()
    profile.tagline = "Old\x0b things"
    profile.save()

    feed = xml(client, reverse("store:feed"))

    [entry] = feed.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Enamel  mug"
    assert "<p>White</p>" in (entry.findtext(f"{ATOM}summary") or "")


def test_every_page_names_the_feed(client: Client) -> None:
    assert 'type="application/atom+xml"' in client.get("/store/").content.decode()


def test_the_sitemap_leads_to_every_published_thing(client: Client, clock: Item) -> None:
    sold = make_item(pieces=0)
    hidden = make_item(published=False)

    maps = addresses(client, "/sitemap.xml")
    found = [address for each in maps for address in addresses(client, each)]

    assert f"http://testserver{clock.get_absolute_url()}" in found
    assert f"http://testserver{sold.get_absolute_url()}" in found
    assert f"http://testserver{hidden.get_absolute_url()}" not in found
    assert f"http://testserver{clock.category.get_absolute_url()}" in found
    assert "http://testserver/imprint/" in found


def test_many_things_are_spread_over_several_files(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ItemSitemap, "limit", 2)
    for _ in range(3):
        make_item()

    maps = addresses(client, "/sitemap.xml")

    assert "http://testserver/sitemap-items.xml?p=2" in maps
    assert len(addresses(client, "/sitemap-items.xml?p=2")) == 1


def test_a_file_has_so_many_addresses_in_all_languages_together(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In six languages, those of 5,000 things kept a process busy for half a minute."""
    monkeypatch.setattr(ItemSitemap, "limit", 4)
    offer_languages("de")
    for _ in range(3):
        make_item()

    files = [f"/sitemap-items.xml?p={number}" for number in (1, 2)]

    assert [len(addresses(client, each)) for each in files] == [4, 2]


def test_the_list_of_files_reads_no_things(client: Client, clock: Item) -> None:
    with CaptureQueriesContext(connection) as asked:
        text = client.get("/sitemap.xml").content.decode()

    assert f"<lastmod>{localtime(clock.updated_at).isoformat()}</lastmod>" in text
    assert not [each["sql"] for each in asked if '"store_item"."slug"' in each["sql"]]


@pytest.mark.parametrize("url", ["/sitemap-nothing.xml", "/sitemap-items.xml?p=x"])
def test_an_unknown_sitemap_is_not_found(client: Client, url: str) -> None:
    assert client.get(url).status_code == 404


def test_robots_find_the_sitemap_and_stay_out_of_bags(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /bag/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text
