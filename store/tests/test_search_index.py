from importlib import import_module

import pytest
from django.db import connection

from store.models import Item

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

migration = import_module("store.migrations.0002_search_index")


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'store_item'")
        return {name for (name,) in cursor.fetchall()}


def test_postgresql_searches_by_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "item_words" in Item.objects.search("creche fig").order_by().explain()


def test_the_index_can_be_taken_away_and_made_again() -> None:
    with connection.schema_editor() as editor:
        migration.drop_index(None, editor)
        assert "item_words" not in indexes()

        migration.create_index(None, editor)
        assert "item_words" in indexes()
