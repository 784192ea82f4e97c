from django.db import migrations, models

from store.triggers import with_prices_kept


def translations(model_name):
    return migrations.AddField(
        model_name=model_name,
        name="translations",
        field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
    )


class Migration(migrations.Migration):
    """What owners write in further languages, beside the columns of the main one."""

    dependencies = [("store", "0053_language_of_the_reader")]

    operations = with_prices_kept(
        translations("category"),
        translations("item"),
        translations("itemimage"),
        translations("shopprofile"),
    )
