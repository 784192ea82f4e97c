from django.db import migrations

# `fastupdate` would collect new words in a list that every search reads from end to end.
CREATE = """
CREATE INDEX item_words ON store_item
USING gin (array_to_tsvector(string_to_array(search_text, ' '))) WITH (fastupdate = off)
"""


def create_index(apps, schema_editor):
    """Index the expression that `store.search.Words` writes; other databases do without."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX item_words")


class Migration(migrations.Migration):
    dependencies = [("store", "0001_catalogue_pieces_orders")]

    operations = [migrations.RunPython(create_index, drop_index)]
