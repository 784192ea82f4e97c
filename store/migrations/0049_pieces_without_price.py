from django.db import migrations, models


class Migration(migrations.Migration):
    """Pieces of which nobody knows the price they were bought for are found at once."""

    dependencies = [("store", "0048_official_notice")]

    operations = [
        migrations.AddIndex(
            model_name="piece",
            index=models.Index(
                condition=models.Q(("purchase_price", None)),
                fields=["item"],
                name="piece_without_price",
            ),
        ),
    ]
