"""The database itself refuses to change what is issued, also after later migrations."""

from typing import Any

import pytest
from django.db import OperationalError, connection, models
from django.db.migrations import AlterField, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from invoices.documents.immutability import CLOSES, INVOICES, SINCE_0026, thawed

pytestmark = pytest.mark.on_both
QUERIES = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
}
OF_CLOSES = {*CLOSES.UPDATES, *CLOSES.DELETES}
TRIGGERS = {
    "postgresql": {"invoice_frozen", "invoice_line_frozen", *OF_CLOSES},
    "sqlite": {
        *OF_CLOSES,
        "invoice_frozen_update",
        "invoice_frozen_delete",
        "invoice_line_frozen_insert",
        "invoice_line_frozen_update",
        "invoice_line_frozen_delete",
    },
}
ALTERED = [
    (AlterField("invoice", "reason", models.CharField(max_length=400)), INVOICES),
    (AlterField("invoiceline", "unit", models.CharField(max_length=40)), INVOICES),
    (AlterField("invoice", "reason", models.CharField(max_length=400)), SINCE_0026),
    (AlterField("payment", "reference", models.CharField(max_length=400)), CLOSES),
]


def triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[connection.vendor])
        return {name for (name,) in cursor.fetchall()} & TRIGGERS[connection.vendor]


def migrate(*operations: Operation, back: bool = False) -> None:
    """Apply what a later migration might do, or take it back."""
    later = type("Later", (Migration,), {"operations": list(operations)})
    migration = later("later", "invoices")
    state = MigrationLoader(connection).project_state()
    with connection.schema_editor() as editor:
        (migration.unapply if back else migration.apply)(state, editor)


@pytest.mark.django_db
def test_the_triggers_are_there_after_all_migrations() -> None:
    assert triggers() == TRIGGERS[connection.vendor]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize(
    ("altered", "written"), ALTERED, ids=["invoice", "line", "since", "payment"]
)
def test_the_triggers_outlive_a_later_migration(altered: Operation, written: Any) -> None:
    migrate(*thawed(altered, triggers=written))
    assert triggers() == TRIGGERS[connection.vendor]

    migrate(*thawed(altered, triggers=written), back=True)
    assert triggers() == TRIGGERS[connection.vendor]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_control_one_that_does_not_take_them_away_is_stopped() -> None:
    # When this fails, the test above has stopped proving anything.
    if connection.vendor != "sqlite":
        pytest.skip("Other databases alter the table itself.")
    with pytest.raises(OperationalError, match="error in trigger"):
        migrate(ALTERED[0][0])
