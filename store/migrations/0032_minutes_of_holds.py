from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    """How long a bag holds a thing; in no shop that is there otherwise than before."""

    dependencies = [("store", "0031_many_things_changed_together")]

    operations = [
        migrations.AddField(
            model_name="shopprofile",
            name="hold_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Empty: what the server is set up with, by HOLD_MINUTES.",
                null=True,
                validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
                verbose_name="minutes that a bag holds a thing",
            ),
        ),
    ]
