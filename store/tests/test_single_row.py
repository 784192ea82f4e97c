from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from store.models import ShopProfile

APPS = ["accounts", "bag", "invoices", "mail", "repairs_restorals", "repairshop", "store"]
FOR_PAGES = {
    # A bag holds for as long as the page has promised, which is a minute old at most.
    "store/hold_time.py",
    "repairs_restorals/views.py",
    "store/context_processors.py",
    # Only the order of a list, and what is chosen in it already.
    "store/home.py",
    "store/models/single_row.py",
    "store/sitemaps.py",
    # What is sent anew at the checkout asks by `zones_now`.
    "bag/sending.py",
    "store/shipping/choice.py",
    "store/shipping/zones.py",
    "store/views/shipping.py",
    "repairshop/languages.py",
    "store/views/catalogue.py",
    "store/views/feeds.py",
    "store/views/pages.py",
    "invoices/panels.py",
    # Words beside a tax that was reckoned before.
    "invoices/admin/invoice_page.py",
    "invoices/withdrawals/views.py",
    # Whether there is anything to say.
    "invoices/orders/taxes_shown.py",
    # Of a form that nobody has sent yet.
    "invoices/orders/forms.py",
}


@pytest.fixture(autouse=True)
def _saved(db: None) -> None:
    ShopProfile(name="Old name").save()


def test_pages_ask_once_a_minute(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert {ShopProfile.for_pages().name for _ in range(3)} == {"Old name"}

    ShopProfile.objects.update(name="New name")
    assert ShopProfile.for_pages().name == "Old name"
    # As time does.
    cache.clear()
    assert ShopProfile.for_pages().name == "New name"


def test_who_has_saved_it_sees_it_at_once() -> None:
    shop = ShopProfile.for_pages()
    shop.name = "New name"
    shop.save()

    assert ShopProfile.for_pages().name == "New name"


def test_whoever_asks_for_the_row_asks_the_database() -> None:
    ShopProfile.for_pages()
    ShopProfile.objects.update(name="New name")

    assert ShopProfile.get_solo().name == "New name"


def test_nothing_but_pages_is_served_by_the_cache() -> None:
    base = Path(settings.BASE_DIR)
    sources = [path for app in APPS for path in (base / app).rglob("*.py")]
    asking = [path for path in sources if "for_pages" in path.read_text()]
    named = {str(path.relative_to(base)) for path in asking if "tests" not in path.parts}

    assert named == FOR_PAGES
