from typing import Any

from django.db import migrations

ADD, DROP = 'ALTER TABLE "{}" ADD COLUMN "crosses" int', 'ALTER TABLE "{}" DROP COLUMN "crosses"'


def add_last(apps: Any, schema_editor: Any) -> None:
    """When all else is done, as Django does with foreign keys."""
    schema_editor.deferred_sql.append(ADD.format("store_piece"))


def drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(DROP.format("store_piece"))


class Migration(migrations.Migration):
    """Two tables, in the other order than somebody reads them."""

    dependencies = [("crispy_forms", "waits")]

    operations = [
        migrations.RunSQL(ADD.format("store_item"), DROP.format("store_item")),
        migrations.RunPython(add_last, drop),
    ]
