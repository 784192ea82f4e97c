from django.db import migrations

# `fastupdate` would collect new words in a list that every search reads from end to end.
FORWARDS = """
ALTER TABLE store_item ADD COLUMN search_words tsvector
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(search_text, ' '))) STORED;
CREATE INDEX item_words ON store_item USING gin (search_words) WITH (fastupdate = off)
"""
BACKWARDS = "ALTER TABLE store_item DROP COLUMN search_words"


def create_index(apps, schema_editor):
    """Keep and index what `store.search.Words` reads; other databases do without."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARDS)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARDS)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_catalogue_pieces_orders")]

    operations = [migrations.RunPython(create_index, drop_index)]
