from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """What many things were before they were changed together."""

    dependencies = [
        ("store", "0030_pictures_described_later"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=Now())),
                ("undone_at", models.DateTimeField(null=True)),
                ("fields", models.JSONField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name": "change of many things", "default_permissions": ()},
        ),
    ]
