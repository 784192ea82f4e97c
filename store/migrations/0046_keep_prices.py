from django.db import migrations

# The database itself keeps what a published thing has cost, whoever changes it: a form, an import,
# a version before this one. On SQLite a migration that makes the table of items anew has to make
# this anew, too; `store/tests/test_reductions.py` would miss it.
POSTGRESQL = """
CREATE FUNCTION store_keep_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO store_pastprice (item_id, price) VALUES (OLD.id, OLD.price);
    RETURN NULL;
END $$;
CREATE TRIGGER item_price_kept AFTER UPDATE OF price, published ON store_item FOR EACH ROW
    WHEN (OLD.published AND (OLD.price <> NEW.price OR NOT NEW.published))
    EXECUTE FUNCTION store_keep_price();
"""
POSTGRESQL_BACK = """
DROP TRIGGER item_price_kept ON store_item;
DROP FUNCTION store_keep_price();
"""
SQLITE = """
CREATE TRIGGER item_price_kept AFTER UPDATE OF price, published ON store_item
WHEN OLD.published AND (OLD.price <> NEW.price OR NOT NEW.published)
BEGIN INSERT INTO store_pastprice (item_id, price) VALUES (OLD.id, OLD.price); END
"""


def keep(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if is_postgresql else SQLITE)


def forget(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL_BACK if is_postgresql else "DROP TRIGGER item_price_kept")


class Migration(migrations.Migration):
    dependencies = [("store", "0045_watched_materials")]

    operations = [migrations.RunPython(keep, forget, elidable=False)]
