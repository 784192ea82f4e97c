from django.db import migrations, models

# The arguments of a trigger: columns that no page shows, or that are asked for each time; columns
# that a thing's own page and card show, and that decide nothing else; the column with its key.
POSTGRESQL = """
ALTER TABLE store_cataloguechange ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE store_cataloguechange ALTER COLUMN item_id SET DEFAULT 0;
CREATE UNIQUE INDEX store_cataloguechange_xid ON store_cataloguechange (xid, item_id);

CREATE FUNCTION store_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD) - TG_ARGV[0]::text[];
    later jsonb := to_jsonb(NEW) - TG_ARGV[0]::text[];
    its_own text[] := TG_ARGV[1];
    changed bigint := 0;
BEGIN
    IF before = later THEN
        RETURN NULL;
    END IF;
    IF before - its_own = later - its_own THEN
        changed := later ->> TG_ARGV[2];
    END IF;
    INSERT INTO store_cataloguechange (item_id) VALUES (changed) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION store_note_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO store_cataloguechange (item_id) VALUES (0) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""
POSTGRESQL_BACK = """
DROP FUNCTION store_note_change();
DROP FUNCTION store_note_all();
DROP INDEX store_cataloguechange_xid;
ALTER TABLE store_cataloguechange ALTER COLUMN item_id DROP DEFAULT;
ALTER TABLE store_cataloguechange DROP COLUMN xid;
"""
NOTE = """
CREATE TRIGGER change_noted AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
    EXECUTE FUNCTION store_note_change('{{{never}}}', '{{{own}}}', '{key}');
CREATE TRIGGER emptying_noted AFTER TRUNCATE ON {table} FOR EACH STATEMENT
    EXECUTE FUNCTION store_note_all();
"""
NOTE_BACK = """
DROP TRIGGER change_noted ON {table};
DROP TRIGGER emptying_noted ON {table};
"""
# Of holds, which are asked for each time, and of what no page shows.
OF_PIECE = (
    "held_by,held_for_id,held_since,held_until,renewals,serial_number,purchase_price,"
    "purchase_currency,purchased_on,purchased_from,purchase_tax"
)
OF_ITEM = (
    "title,description,price,translations,condition,shipping,withdrawal_exception,updated_at,"
    "reduced_from,reduced_to"
)
OF_PICTURE = "image,alt_text,is_described,width,height,renditions,translations,position"
TABLES = {
    "store_item": {"never": "search_text,search_words", "own": OF_ITEM, "key": "id"},
    "store_itemimage": {"never": "", "own": OF_PICTURE, "key": "item_id"},
    "store_piece": {"never": OF_PIECE, "own": "", "key": ""},
    "store_category": {"never": "", "own": "", "key": ""},
    "store_shopprofile": {"never": "", "own": "", "key": ""},
    "store_shippingzone": {"never": "", "own": "", "key": ""},
    "store_zonecountry": {"never": "", "own": "", "key": ""},
    "store_shippingrate": {"never": "", "own": "", "key": ""},
}


def run(schema_editor, sql):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(sql)


def note(apps, schema_editor):
    run(schema_editor, POSTGRESQL)
    for table, arguments in TABLES.items():
        run(schema_editor, NOTE.format(table=table, **arguments))


def forget(apps, schema_editor):
    for table in TABLES:
        run(schema_editor, NOTE_BACK.format(table=table))
    run(schema_editor, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("store", "0062_tax_by_destination")]

    operations = [
        migrations.CreateModel(
            name="CatalogueChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_id", models.BigIntegerField(default=0)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunPython(note, forget, elidable=False),
    ]
