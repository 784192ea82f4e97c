from django.db import migrations, models


class Migration(migrations.Migration):
    """Days on which the shop is closed; in a shop that is there, none."""

    dependencies = [("store", "0033_accent_colour")]

    operations = [
        migrations.AddField(
            model_name="shopprofile",
            name="closed_days",
            field=models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                verbose_name="closed days",
            ),
        ),
    ]
