from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("store", "0063_catalogue_changes")]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="placed_at",
            field=models.DateTimeField(db_default=Now(), editable=False, verbose_name="placed"),
        ),
    ]
