"""PostgreSQL's log of what pages show: complete, in whatever order transactions end."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bag.services import hold_pieces
from repairshop.tests.test_page_cache import show_a_pair
from store.models import EVERYTHING, SEARCH, CatalogueChange, Item, ShopProfile
from store.page_cache.forgetting import forget_changes
from store.page_cache.watching import KEPT_FOR, Answer, PostgresqlWatch, Shown
from store.tests.factories import make_item

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
NOTHING = Shown({})


class ByNumber(PostgresqlWatch):
    """The control: goes on behind the highest transaction that it has seen."""

    def note(self, answer: Answer) -> set[int]:
        changed = super().note(answer)
        self.position = max(
            [self.position, *(of + 1 for _row, of, _item in json.loads(answer.log[3] or "[]"))]
        )
        return changed


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """The connection of another process, within a transaction."""
    other = psycopg2.connect(**connection.get_connection_params())
    yield other
    other.close()


def told(watch: PostgresqlWatch) -> set[int]:
    return watch.note(watch.ask(NOTHING))


@pytest.mark.parametrize("watch", [PostgresqlWatch(), ByNumber()], ids=["ours", "control"])
def test_who_begins_first_and_ends_last_is_seen(watch: PostgresqlWatch, elsewhere: Any) -> None:
    slow, quick = make_item(), make_item()
    told(watch)
    change = "UPDATE store_item SET title = 'Other' WHERE id = %s"

    with elsewhere.cursor() as cursor:
        cursor.execute(change, [slow.pk])
    Item.objects.filter(pk=quick.pk).update(title="Other")
    assert told(watch) == {quick.pk}
    elsewhere.commit()

    missed = isinstance(watch, ByNumber)
    assert told(watch) == (set() if missed else {slow.pk})
    assert told(watch) == set()


def test_what_no_page_shows_is_not_told() -> None:
    """What was undone, and holds, which are asked for each time."""
    ShopProfile.get_solo()
    item, watch = make_item(), PostgresqlWatch()
    told(watch)
    with transaction.atomic():
        Item.objects.update(title="Other")
        transaction.set_rollback(True)
    hold_pieces(item_id=item.pk, quantity=1, bag_key="b", customer=None, address="192.0.2.1")

    assert told(watch) == set()


def test_a_thing_of_its_own_is_told_from_what_lists_are_made_of() -> None:
    item, watch = make_item(), PostgresqlWatch()
    told(watch)
    Item.objects.update(price=12)
    assert told(watch) == {item.pk}
    for text in ("other", "other"):
        Item.objects.update(search_text=text)
    assert told(watch) == {SEARCH}
    assert told(watch) == set()
    Item.objects.update(price=13, published=False)
    assert told(watch) == {EVERYTHING}
    make_item()
    assert EVERYTHING in told(watch)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE store_shippingrate")
    assert told(watch) == {EVERYTHING}


def test_a_database_that_was_put_back_is_another_one() -> None:
    """As `pg_restore --clean` does it, which fires no trigger."""
    watch = PostgresqlWatch()
    told(watch)
    assert told(watch) == set()
    # There, numbers of rows may begin anew, and so may those of transactions.
    watch.seen, watch.position = {1: 2**60}, 2**59
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE store_cataloguechange RENAME TO before")
        cursor.execute("CREATE TABLE store_cataloguechange (LIKE before INCLUDING ALL)")
        try:
            assert told(watch) == {EVERYTHING}
            cursor.execute("INSERT INTO store_cataloguechange (item_id) VALUES (7)")
            assert told(watch) == {7}
        finally:
            cursor.execute("DROP TABLE store_cataloguechange")
            cursor.execute("ALTER TABLE before RENAME TO store_cataloguechange")


def test_changes_end_when_nobody_can_have_missed_them() -> None:
    watch = PostgresqlWatch()
    make_item()
    told(watch)
    assert forget_changes() == 0
    assert not CatalogueChange.objects.filter(seen_at=None).exists()

    CatalogueChange.objects.update(seen_at=timezone.now() - KEPT_FOR - timedelta(seconds=5))
    make_item()
    assert forget_changes() > 0
    assert CatalogueChange.objects.exists()
    watch.asked_at -= KEPT_FOR.total_seconds() + 5
    assert told(watch) == {EVERYTHING}


def test_every_table_of_a_kept_page_is_watched() -> None:
    """But for the things' pieces that are held, which are asked for each time."""
    item = make_item()
    make_item(category=item.category)
    ShopProfile.get_solo()
    show_a_pair()
    asked: set[str] = set()
    things = ("/store/", item.category.get_absolute_url(), item.get_absolute_url())
    others = ("/workshop/", "/store/feed.atom", "/sitemap.xml", "/sitemap-items.xml")
    chosen = (
        f"/store/?q={item.title}",
        "/store/?price_from=1&sort=price",
        "/sitemap-categories.xml",
    )
    texts = ("/terms/", "/imprint/", "/accessibility/")
    for path in ("/", *things, *others, *chosen, *texts):
        Client().get(path)
        with CaptureQueriesContext(connection) as queries:
            answer = Client().get(path)
        assert answer.headers["ETag"], f"{path} is not kept."
        asked |= {name for each in queries for name in re.findall(r'"(\w+_\w+)"', each["sql"])}

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT event_object_table FROM information_schema.triggers"
            " WHERE trigger_name = 'change_noted'"
        )
        watched = {name for (name,) in cursor.fetchall()}
    tables = asked & {*connection.introspection.table_names()}
    assert tables - {CatalogueChange._meta.db_table} <= watched
    assert {"store_item", "repairs_restorals_beforeafter"} <= tables
