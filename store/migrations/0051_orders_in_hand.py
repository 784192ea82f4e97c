from django.db import migrations, models


class Migration(migrations.Migration):
    """Orders that still ask something of somebody are found without those that are over."""

    dependencies = [("store", "0050_items_are_called_things")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "ready"])),
                fields=["id"],
                name="order_in_hand",
            ),
        ),
    ]
