from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("store", "0064_placed_by_the_databases_clock")]

    operations = [
        migrations.AlterField(
            model_name="orderevent",
            name="at",
            field=models.DateTimeField(db_default=Now(), editable=False, verbose_name="when"),
        ),
    ]
