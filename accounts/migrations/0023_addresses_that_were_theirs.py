from django.db import migrations, models


class Migration(migrations.Migration):
    """Of which addresses it was shown that an account had them: what is under those goes with it."""

    dependencies = [("accounts", "0022_regions")]

    operations = [
        migrations.AddField(
            model_name="addresschange",
            name="was_theirs",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
