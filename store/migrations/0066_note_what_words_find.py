from django.db import migrations

# A change of what a thing is found by, such as the timer makes it: in pages that do not search,
# nothing is another one. `store.models.SEARCH` has the number.
NOTE = """
CREATE FUNCTION store_note_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO store_cataloguechange (item_id) VALUES (-1) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER search_noted AFTER UPDATE OF search_text ON store_item FOR EACH ROW
    WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text)
    EXECUTE FUNCTION store_note_search();
"""
NOTE_BACK = """
DROP TRIGGER search_noted ON store_item;
DROP FUNCTION store_note_search();
"""


def run(schema_editor, sql):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(sql)


def note(apps, schema_editor):
    run(schema_editor, NOTE)


def forget(apps, schema_editor):
    run(schema_editor, NOTE_BACK)


class Migration(migrations.Migration):
    dependencies = [("store", "0065_done_by_the_databases_clock")]

    operations = [migrations.RunPython(note, forget, elidable=False)]
