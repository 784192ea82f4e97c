from django.db import migrations

from store.triggers import restore


class Migration(migrations.Migration):
    """Sizes and weights of things were added without `with_prices_kept`: SQLite lost its triggers."""

    dependencies = [("store", "0058_regions")]

    operations = [migrations.RunPython(restore, migrations.RunPython.noop)]
