"""An address has one language; what offers another one leads nobody there by itself."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import get_language, override

from accounts.models import User
from store.models import Item, ShopProfile
from store.tests.factories import make_category, make_item, offer_languages
from typed.languages import in_language, page_at, split_language

ALL = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]


@pytest.fixture(autouse=True)
def _speaks_three(settings: Any) -> None:
    settings.LANGUAGES = ALL


@pytest.fixture
def shop(db: None) -> ShopProfile:
    """It offers German and no French."""
    return offer_languages("de")


def page(client: Client, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def spoken_on(seen: BeautifulSoup) -> str:
    return str(seen.select("html")[0]["lang"])


@pytest.mark.parametrize(
    ("path", "language", "bare"),
    [
        ("/", "en", "/"),
        ("/store/", "en", "/store/"),
        ("/de/", "de", "/"),
        ("/de/store/", "de", "/store/"),
        ("/de", "en", "/de"),
        ("/desk/", "en", "/desk/"),
        ("/en/store/", "en", "/store/"),
    ],
)
def test_the_language_of_an_address_is_its_beginning(path: str, language: str, bare: str) -> None:
    assert split_language(path) == (language, bare)
    assert split_language(in_language(path, "fr")) == ("fr", bare)
    assert in_language(path, "en") == bare


def test_an_address_is_found_whoever_asks() -> None:
    with override("fr"):
        assert page_at("/de/store/").view_name == page_at("/store/").view_name == "store:list"


def test_each_address_speaks_its_own_language_and_links_to_it(client: Client, shop: Any) -> None:
    category = make_category(name="Clocks", slug="clocks")
    make_item(title="Mantel clock", slug="mantel-clock", category=category)

    for path, language, prefix in [("/", "en", ""), ("/de/", "de", "/de")]:
        seen = page(client, path)
        links = {str(each["href"]) for each in seen.select("header a[href], main a[href]")}
        assert spoken_on(seen) == language
        assert {f"{prefix}/store/clocks/", f"{prefix}/store/item/mantel-clock/"} <= links
        assert not {each for each in links if split_language(each)[0] != language}
    assert get_language() == "en"


def test_a_page_names_its_other_versions(client: Client, shop: Any, clock: Item) -> None:
    seen = page(client, "/de/store/item/mantel-clock/")

    named = {each["hreflang"]: each["href"] for each in seen.select("link[hreflang]")}
    english = "http://testserver/store/item/mantel-clock/"
    german = "http://testserver/de/store/item/mantel-clock/"
    assert named == {"en": english, "x-default": english, "de": german}
    canonical = seen.select_one("link[rel=canonical]")
    assert canonical
    assert canonical["href"] == german


def test_the_foot_leads_to_the_same_page_and_what_was_asked_there(
    client: Client, shop: Any, clock: Item
) -> None:
    seen = page(client, "/store/?q=clock&sort=price")

    found = seen.select("[data-languages] a")
    assert [(each.text, each["href"], each.get("aria-current")) for each in found] == [
        ("English", "/store/?q=clock&sort=price", "true"),
        ("Deutsch", "/de/store/?q=clock&sort=price", None),
    ]
    assert not seen.select("link[hreflang]")


def test_a_shop_of_one_language_says_nothing_of_others(client: Client, db: None) -> None:
    seen = page(client, "/")

    assert not seen.select("[data-languages], [hreflang], script[src*=language]")


@pytest.mark.parametrize("path", ["/fr/store/?q=a%26b", "/en/store/?q=a%26b"])
def test_a_language_without_addresses_leads_to_the_main_one(
    client: Client, shop: Any, path: str
) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer["Location"]) == (302, "/store/?q=a%26b")


# Each is one of another site to a browser once the language in front is gone.
AWAY = ["//evil.example/x", "/%2Fevil.example/x", "/%5Cevil.example/x", "/%09/evil.example/x"]


@pytest.mark.parametrize("behind", AWAY)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_address_leads_to_another_site(
    client: Client, shop: Any, language: str, behind: str
) -> None:
    answer = client.get(f"/{language}{behind}")

    assert (answer.status_code, answer["Location"]) == (302, "/evil.example/x")


@pytest.mark.parametrize("behind", AWAY)
def test_no_page_names_another_site_as_its_version(client: Client, shop: Any, behind: str) -> None:
    answer = client.get(f"/de{behind}")

    assert answer.status_code == 404
    seen = BeautifulSoup(answer.content, "html.parser").select("[hreflang]")
    ours = "/evil.example/x", "/de/evil.example/x"
    assert {str(each["href"]).removeprefix("http://testserver") for each in seen} == {*ours}


def test_what_a_browser_prefers_changes_nothing(client: Client, shop: Any) -> None:
    plain = client.get("/")
    german = client.get("/", headers={"Accept-Language": "de", "Cookie": "language=de"})

    assert german.content == plain.content
    assert "Accept-Language" not in plain.get("Vary", "")


def test_a_language_costs_no_query(client: Client, shop: Any, clock: Item) -> None:
    def queries_of(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    cache.clear()
    assert queries_of("/de/") == queries_of("/")
    item = "/store/item/mantel-clock/"
    assert queries_of(f"/de{item}") == queries_of(item)


def test_what_is_missing_is_said_in_the_language_of_its_address(client: Client, shop: Any) -> None:
    answer = client.get("/de/store/item/old-clock/")

    assert answer.status_code == 404
    assert b'lang="de"' in answer.content
    assert b'value="old clock"' in answer.content


@pytest.mark.parametrize("section", ["pages", "items", "categories"])
def test_the_sitemap_has_each_version_and_each_names_the_others(
    client: Client, shop: Any, clock: Item, section: str
) -> None:
    xml = client.get(f"/sitemap-{section}.xml").content.decode()

    urls = re.findall(r"<url>(.*?)</url>", xml, re.DOTALL)
    places = [re.findall(r"<loc>http://testserver(.*?)</loc>", each)[0] for each in urls]
    assert len(places) == len(set(places)) > 0
    assert {in_language(each, "de") for each in places} <= set(places)
    assert {in_language(each, "en") for each in places} <= set(places)
    for each in urls:
        assert re.findall(r'hreflang="(.*?)"', each) == ["en", "de", "x-default"]


def test_the_sitemap_of_a_shop_of_one_language_has_no_others(client: Client, clock: Item) -> None:
    xml = client.get("/sitemap-items.xml").content.decode()

    assert xml.count("<url>") == 1
    assert "hreflang" not in xml


def test_robots_stay_out_of_every_version(client: Client, shop: Any) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()

    assert {"Disallow: /bag/", "Disallow: /de/bag/"} <= set(lines)
    assert "Disallow: /fr/bag/" not in lines


def test_a_person_is_written_to_in_the_language_that_was_chosen(
    client: Client, shop: Any, alice: User
) -> None:
    client.force_login(alice)
    button = page(client, "/store/").select_one("[data-languages] button[value=de]")
    assert button
    assert button.text == "Deutsch"

    answer = client.post(
        reverse("accounts:language"), {"language": "de", "next": "/store/?q=clock"}
    )

    alice.refresh_from_db()
    assert (answer["Location"], alice.language) == ("/de/store/?q=clock", "de")


@pytest.mark.parametrize(
    ("language", "wanted", "there"),
    [
        ("xx", "https://evil.example.com/", "/accounts/profile/"),
        ("de", "https://evil.example.com/", "/de/accounts/profile/"),
        ("en", "/de//evil.example.com/", "/evil.example.com/"),
    ],
)
def test_no_choice_leads_to_other_sites(
    client: Client, shop: Any, alice: User, language: str, wanted: str, there: str
) -> None:
    client.force_login(alice)

    answer = client.post(reverse("accounts:language"), {"language": language, "next": wanted})

    assert answer["Location"] == there


def test_whoever_is_not_logged_in_is_only_led_there(client: Client, shop: Any) -> None:
    answer = client.post(reverse("accounts:language"), {"language": "de", "next": "/store/"})

    assert answer["Location"] == "/de/store/"
    assert not client.session.keys()
    assert client.get(reverse("accounts:language")).status_code == 405


def test_staff_read_their_pages_in_their_own_language(client: Client, shop: Any, sam: User) -> None:
    client.force_login(sam)
    assert spoken_on(page(client, "/admin/")) == "en"

    client.post(reverse("accounts:language"), {"language": "fr", "next": "/admin/store/item/"})

    assert spoken_on(page(client, "/admin/store/item/")) == "fr"
    # Pages for visitors keep theirs.
    assert spoken_on(page(client, "/store/")) == "en"


def test_whoever_opens_an_account_keeps_the_language_of_that_page(
    client: Client, shop: Any
) -> None:
    client.post(
        "/de/accounts/register/",
        {"name": "Bob", "email": "bob@example.com", "password": "correct horse battery staple"},
    )

    assert User.objects.get(email="bob@example.com").language == "de"


def test_the_profile_offers_what_can_be_spoken(admin_client: Client, shop: Any) -> None:
    seen = page(admin_client, reverse("admin:store_shopprofile_change"))

    boxes = seen.select("input[name=further_languages]")
    assert [(each["value"], each.has_attr("checked")) for each in boxes] == [
        ("de", True),
        ("fr", False),
    ]


def test_a_shop_speaks_no_language_that_it_lost(shop: ShopProfile, settings: Any) -> None:
    assert shop.languages == ["en", "de"]
    settings.LANGUAGES = [("en", "English")]
    assert shop.languages == ["en"]
    settings.LANGUAGES = ALL
    settings.LANGUAGE_CODE = "de"
    assert shop.languages == ["de"]


def test_staff_say_in_which_language_somebody_is_written_to(
    admin_client: Client, shop: Any, alice: User
) -> None:
    address = reverse("admin:accounts_user_change", args=[alice.pk])
    form = page(admin_client, address).select("#user_form")[0]
    chosen = form.select("select[name=spoken] option[selected]")
    assert [each["value"] for each in chosen] == ["en"]
    sent = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[name]")}
    for box in ("is_superuser", "is_staff", "groups"):
        sent.pop(box, "")

    answer = admin_client.post(address, {**sent, "is_active": "on", "spoken": "fr"})

    assert answer.status_code == 302
    alice.refresh_from_db()
    assert (alice.language, alice.is_active) == ("fr", True)
