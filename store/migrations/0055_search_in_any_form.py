from django.db import migrations, models

from store.triggers import drop_index, make_index


class Migration(migrations.Migration):
    """Things are found by forms and parts of words, and words that are nearly theirs.

    The timer writes the words of all things anew, some at a time: until then, each is found as
    before.
    """

    dependencies = [("store", "0054_translations")]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=100, unique=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("search_text__endswith", "=2"), _negated=True),
                fields=["id"],
                name="item_search_outdated",
            ),
        ),
        migrations.RunPython(make_index, drop_index),
    ]
