from django.db import migrations, models

import store.accent


class Migration(migrations.Migration):
    """The colour of links and buttons; in a shop that is there, as it was."""

    dependencies = [("store", "0032_minutes_of_holds")]

    operations = [
        migrations.AddField(
            model_name="shopprofile",
            name="accent",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Such as #9c1c2b, for links and buttons on light pages. "
                "Empty: the red one.",
                max_length=7,
                validators=[store.accent.validate_accent],
                verbose_name="accent colour",
            ),
        ),
    ]
