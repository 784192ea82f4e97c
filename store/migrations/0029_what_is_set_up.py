from django.db import migrations, models


class Migration(migrations.Migration):
    """Which steps of the set-up list were ticked off by hand; none in what is there."""

    dependencies = [("store", "0028_rights_to_withdraw")]

    operations = [
        migrations.AddField(
            model_name="shopprofile",
            name="ticked_off",
            field=models.JSONField(db_default=[], default=list, editable=False),
        ),
    ]
