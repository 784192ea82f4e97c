"""What visitors are given from memory is what would be made for them now."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.cookies import cookie_name
from bag.cookie import COOKIE
from bag.services import hold_pieces
from repairs_restorals.models import BeforeAfter, TicketImage, Workshop
from repairs_restorals.tests.factories import make_ticket
from store.models import NO_HOLD, Category, Item, ItemImage, Piece, ShopProfile
from store.page_cache.pages import KeptPage, PageCache, pages
from store.page_cache.watching import PostgresqlWatch, Shown
from store.pieces import delete_items
from store.tests.factories import make_item
from tests.pages_made_anew import get, made_anew, seen

pytestmark = [
    pytest.mark.on_both,
    pytest.mark.many_acts,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
LIST = "/store/"
TEXTS = ["/terms/", "/imprint/", "/accessibility/"]


@pytest.fixture
def lamp() -> Item:
    return make_item(title="Lamp", price=Decimal("80.00"))


def remember(*paths: str) -> None:
    for path in paths:
        for _ in range(3):
            page = get(path)
        assert not page.templates, f"{path} is not kept."


def hold(item: Item, key: str = "b" * 64) -> None:
    hold_pieces(item_id=item.pk, quantity=1, bag_key=key, customer=None, address="192.0.2.1")


def end_hold(item: Item) -> None:
    """As time does it: no row is written but that of a hold."""
    Piece.objects.filter(item=item).update(held_until=timezone.now() - timedelta(seconds=1))


CHANGES: dict[str, Callable[[Item], object]] = {
    "held": hold,
    "lapsed": end_hold,
    "cheaper": lambda item: Item.objects.filter(pk=item.pk).update(price=Decimal("60.00")),
    "renamed": lambda item: Item.objects.filter(pk=item.pk).update(title="Lantern"),
    "pictured": lambda item: ItemImage.objects.create(
        item=item, image="items/x.webp", alt_text="Brass", width=10, height=10
    ),
    "described": lambda item: item.images.update(alt_text="Brass, with a dent"),
    "another": lambda item: make_item(title="Vase", category=item.category),
    "more of it": lambda item: Piece.objects.create(item=item, stock_number="X1"),
    "category": lambda item: Category.objects.update(name="Lights"),
    "terms": lambda item: ShopProfile.objects.update(terms="Two days."),
    "profile": lambda item: ShopProfile.objects.update(name="Corner shop"),
    "sold": lambda item: item.pieces.update(**NO_HOLD, sold_at=timezone.now()),
    "back": lambda item: item.pieces.update(sold_at=None),
    "hidden": lambda item: Item.objects.filter(pk=item.pk).update(published=False),
    "shown": lambda item: Item.objects.filter(pk=item.pk).update(published=True),
    "deleted": lambda item: delete_items([make_item(category=item.category)]),
}


def test_no_page_is_older_than_a_change(lamp: Item) -> None:
    ShopProfile.get_solo()
    paths = ["/", LIST, lamp.category.get_absolute_url(), lamp.get_absolute_url(), *TEXTS]
    remember(*paths)

    for name, change in CHANGES.items():
        before = {path: seen(get(path)) for path in paths for _ in range(2)}
        change(lamp)
        for path in paths:
            assert seen(get(path)) == seen(made_anew(path)), f"{path} after “{name}”"
        is_seen = any(seen(get(path)) != before[path] for path in paths)
        assert is_seen or name == "deleted", f"Nothing shows “{name}”"


def test_what_is_asked_for_each_time_is_little(lamp: Item) -> None:
    """The one statement that PostgreSQL is asked; SQLite is asked for its version, too."""
    paths = ["/", LIST, lamp.get_absolute_url()]
    remember(*paths)

    for path in paths:
        with CaptureQueriesContext(connection) as asked:
            get(path)
        assert len(asked) == (1 if connection.vendor == "postgresql" else 2)


def test_a_browser_that_has_the_page_is_not_sent_it_again(lamp: Item) -> None:
    remember(LIST)
    tag = get(LIST).headers["ETag"]

    answer = get(LIST, if_none_match=tag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["Cache-Control"] == "no-cache"
    hold(lamp)
    assert get(LIST, if_none_match=tag).status_code == 200


def test_each_process_names_the_same_page_alike(lamp: Item) -> None:
    for coding in ("", "xgzip", "gzip", "gzip, br"):
        for _ in range(2):
            get(LIST, accept_encoding=coding)
    plain, *packed = (get(LIST, accept_encoding=coding) for coding in ("", "gzip", "br, gzip"))

    assert [each.headers["Content-Encoding"] for each in packed] == ["gzip", "br"]
    for small in packed:
        assert not small.templates
        assert len(small.content) < len(plain.content)
        assert small.headers["ETag"] == plain.headers["ETag"]


def test_what_is_one_visitors_is_given_to_nobody_else(lamp: Item) -> None:
    path = lamp.get_absolute_url()
    remember(path, LIST)
    buyer = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    buyer.get(path)
    buyer.post(f"/bag/add/{lamp.pk}/")

    assert "This is in your bag" in buyer.get(path).text
    for other in (path, LIST):
        assert "in your bag" not in get(other).text.replace("What is in your bag", "")
        assert "sessionid" not in get(other).cookies
    assert not get(LIST).cookies


def test_a_bag_gets_its_key_before_the_first_click(lamp: Item) -> None:
    path = lamp.get_absolute_url()
    remember(path, LIST)

    keys = {get(path).cookies[cookie_name(COOKIE)].value for _ in range(2)}
    assert len(keys) == 2
    assert "private" in get(path).headers["Cache-Control"]
    assert not get(LIST).cookies
    browser = Client()
    browser.get(path)
    assert not browser.get(path).cookies


@pytest.mark.parametrize(
    "cookie", ["sessionid", "messages"], ids=["of a session", "of what was done"]
)
def test_whom_the_shop_knows_it_makes_a_page_for(lamp: Item, cookie: str) -> None:
    remember(LIST)
    browser = Client()
    browser.cookies = SimpleCookie({cookie: "x"})

    assert browser.get(LIST).templates


CHOSEN: dict[str, Callable[[Item], object]] = {
    "held": hold,
    "lapsed": end_hold,
    "dearer": lambda item: Item.objects.filter(pk=item.pk).update(price=Decimal("95.00")),
    "another found": lambda item: Item.objects.update(search_text="lamp | =2"),
    "not found": lambda item: Item.objects.filter(pk=item.pk).update(search_text="vase | =2"),
    "of a maker": lambda item: Item.objects.update(maker="Anna"),
    "cheaper": lambda item: Item.objects.filter(pk=item.pk).update(price=Decimal("20.00")),
    "another": lambda item: make_item(title="Lamp", category=item.category),
    "sold": lambda item: item.pieces.update(**NO_HOLD, sold_at=timezone.now()),
    "told of": lambda item: Workshop.objects.update(intro="We mend clocks."),
    "shown": lambda item: show_a_pair(),
    "captioned": lambda item: BeforeAfter.objects.update(caption="A clock"),
    "photo turned": lambda item: TicketImage.objects.update(width=300),
    "hidden": lambda item: BeforeAfter.objects.update(shown=False),
}


def show_a_pair() -> None:
    ticket = make_ticket()
    photo = TicketImage.objects.create(ticket=ticket, image="x.jpg", width=200, height=100)
    BeforeAfter.objects.create(
        ticket=ticket, before=photo, after=photo, caption="A lute", consent="Signed."
    )


def test_no_choice_feed_or_map_is_older_than_a_change(lamp: Item) -> None:
    """What stands on them hangs on things that do not stand there."""
    make_item(title="Jug", category=lamp.category, price=Decimal("90.00"))
    ShopProfile.get_solo()
    Workshop.get_solo()
    choices = ["q=lamp", "price_to=85", "sort=-price", "maker=Anna&page=1"]
    others = ["/store/feed.atom", "/sitemap.xml", "/sitemap-items.xml", "/workshop/"]
    paths = [*(f"{LIST}?{choice}" for choice in choices), *others]
    remember(*paths[:3], *others)
    shown: dict[str, object] = {}

    for name, change in CHOSEN.items():
        before = shown or {path: seen(get(path)) for path in paths}
        change(lamp)
        shown = {path: seen(get(path)) for path in paths}
        for path in paths:
            assert shown[path] == seen(made_anew(path)), f"{path} after “{name}”"
        assert shown != before, f"Nothing shows “{name}”"


@pytest.mark.parametrize(
    "query",
    ["available=on", "free=1&page=1", "q=lamo", "q=vase", "page=x", "x=1", "q=lamp" + 200 * "+"],
)
def test_what_hangs_on_more_is_made_anew(lamp: Item, query: str) -> None:
    for _ in range(3):
        answer = get(f"{LIST}?{query}")

    assert answer.templates


def test_hosts_and_languages_have_pages_of_their_own(lamp: Item, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for host in settings.ALLOWED_HOSTS:
        for _ in range(3):
            answer = get(LIST, host=host)
        assert not answer.templates
        assert f"http://{host}{LIST}" in answer.text
    assert get(LIST, host="three.example").status_code == 400


def test_memory_has_an_end(lamp: Item) -> None:
    kept = PageCache(PostgresqlWatch(), most_bytes=10_000)
    page = KeptPage(b"x" * 2_000, (), Shown({lamp.pk: ""}))
    for number in range(5):
        kept.keep((str(number),), page, since=0)
    kept.keep(("large",), page._replace(content=b"x" * 20_000), since=0)

    assert [*kept.pages] == [("3",), ("4",)]
    assert kept.size <= 10_000
    assert kept.keys_of == {lamp.pk: {("3",), ("4",)}}


def test_what_has_changed_meanwhile_is_not_kept(lamp: Item) -> None:
    kept = pages()
    since = kept.begin()
    Item.objects.update(title="Lantern")
    kept.begin()
    kept.keep(("page",), KeptPage(b"Lamp", (), Shown({})), since=since)

    assert ("page",) not in kept.pages
