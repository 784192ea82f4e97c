import pytest
from django.core.management import call_command
from django.db import connection

from store.models import Item

pytestmark = pytest.mark.django_db


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'store_item'")
        return {name for (name,) in cursor.fetchall()}


def test_postgresql_searches_by_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "item_words" in Item.objects.search("creche fig").order_by().explain()


@pytest.mark.django_db(transaction=True)
def test_the_index_can_be_taken_away_and_made_again() -> None:
    call_command("migrate", "store", "0001", verbosity=0)
    assert "item_words" not in indexes()

    call_command("migrate", verbosity=0)
    assert "item_words" in indexes()
