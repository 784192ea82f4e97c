"""What keeps the prices of things outlives later migrations, on SQLite too."""

import pytest
from django.db import connection, models
from django.db.migrations import AlterField, Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from store.triggers import TRIGGERS, restore, with_prices_kept

pytestmark = pytest.mark.on_both
QUERIES = {
    "postgresql": "SELECT tgname FROM pg_trigger",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
}
ALTERED = AlterField("item", "maker", models.CharField(max_length=400, blank=True))


def is_kept() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    words = set(TRIGGERS) if connection.vendor == "sqlite" else set()
    return there >= {"item_price_kept", *words}


def migrate(*operations: Operation, back: bool = False) -> None:
    """Apply what a later migration might do, or take it back."""
    later = type("Later", (Migration,), {"operations": list(operations)})
    migration = later("later", "store")
    state = MigrationLoader(connection).project_state()
    with connection.schema_editor() as editor:
        (migration.unapply if back else migration.apply)(state, editor)


@pytest.mark.django_db
def test_the_trigger_is_there_after_all_migrations() -> None:
    assert is_kept(), "Give the operations of what alters items to store.triggers.with_prices_kept."


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_trigger_outlives_a_later_migration() -> None:
    for back in (False, True):
        migrate(*with_prices_kept(ALTERED), back=back)
        assert is_kept()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_control_sqlite_loses_it_with_the_table() -> None:
    # When this fails, the tests above have stopped proving anything.
    if connection.vendor != "sqlite":
        pytest.skip("Other databases alter the table itself.")
    migrate(ALTERED)
    lost = not is_kept()
    migrate(ALTERED, back=True)
    migrate(RunPython(restore))

    assert lost
    assert is_kept()
