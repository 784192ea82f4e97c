from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0036_kept_pictures")]

    operations = [
        migrations.AddField(
            model_name="shopprofile",
            name="closed_weekdays",
            field=models.JSONField(
                blank=True, db_default=[], default=list, verbose_name="closed every week"
            ),
        ),
    ]
