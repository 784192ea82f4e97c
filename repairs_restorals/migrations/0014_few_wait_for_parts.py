from django.db import migrations, models


class Migration(migrations.Migration):
    """The front desk counts them each time, among all that are open."""

    dependencies = [("repairs_restorals", "0013_wish_beside_the_limit")]

    operations = [
        migrations.AddIndex(
            model_name="serviceticket",
            index=models.Index(
                condition=models.Q(("parts_awaited_since__isnull", False)),
                fields=["parts_awaited_since"],
                name="ticket_for_parts",
            ),
        ),
    ]
