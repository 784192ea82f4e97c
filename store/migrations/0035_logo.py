from django.db import migrations, models


class Migration(migrations.Migration):
    """A picture in the header instead of the shop's name; in a shop that is there, none."""

    dependencies = [("store", "0034_closed_days")]

    operations = [
        migrations.AddField(
            model_name="shopprofile",
            name="logo",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=100
            ),
        ),
        migrations.AddField(
            model_name="shopprofile",
            name="logo_width",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="shopprofile",
            name="logo_height",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
