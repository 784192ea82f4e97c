from django.db import migrations

# See `0063_catalogue_changes` of the store. Of a photo its page shows how large it is.
TABLES = ("repairs_restorals_workshop", "repairs_restorals_beforeafter")
NOTE = """
CREATE TRIGGER change_noted AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
    EXECUTE FUNCTION store_note_change('{{}}', '{{}}', '');
CREATE TRIGGER emptying_noted AFTER TRUNCATE ON {table} FOR EACH STATEMENT
    EXECUTE FUNCTION store_note_all();
"""
NOTE_BACK = """
DROP TRIGGER change_noted ON {table};
DROP TRIGGER emptying_noted ON {table};
"""
NOTE_SIZES = """
CREATE TRIGGER change_noted AFTER UPDATE OF width, height ON repairs_restorals_ticketimage
    FOR EACH ROW WHEN ((OLD.width, OLD.height) IS DISTINCT FROM (NEW.width, NEW.height))
    EXECUTE FUNCTION store_note_all();
"""
NOTE_SIZES_BACK = "DROP TRIGGER change_noted ON repairs_restorals_ticketimage"


def run(schema_editor, sql):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(sql)


def note(apps, schema_editor):
    for table in TABLES:
        run(schema_editor, NOTE.format(table=table))
    run(schema_editor, NOTE_SIZES)


def forget(apps, schema_editor):
    run(schema_editor, NOTE_SIZES_BACK)
    for table in TABLES:
        run(schema_editor, NOTE_BACK.format(table=table))


class Migration(migrations.Migration):
    dependencies = [
        ("repairs_restorals", "0024_written_once"),
        ("store", "0063_catalogue_changes"),
    ]

    operations = [migrations.RunPython(note, forget, elidable=False)]
