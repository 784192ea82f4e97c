from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_links_to_data")]

    operations = [
        migrations.CreateModel(
            name="RetentionPeriod",
            fields=[
                (
                    "kind",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="kind of data",
                    ),
                ),
                ("length", models.PositiveIntegerField(null=True, verbose_name="kept for")),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                ("behind_since", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "how long data is kept",
                "verbose_name_plural": "how long data is kept",
            },
        ),
    ]
