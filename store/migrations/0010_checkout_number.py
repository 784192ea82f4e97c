"""Call the number of a bag's checkout so. The column keeps its name: a deploy's other half."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0009_words_of_orders")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                # Renaming a field leaves its old name in constraints.
                migrations.RemoveConstraint("order", "one_order_per_checkout"),
                migrations.RenameField("order", "bag_round", "checkout_number"),
                migrations.AlterField(
                    "order",
                    "checkout_number",
                    models.PositiveIntegerField(db_column="bag_round", editable=False),
                ),
                migrations.AddConstraint(
                    "order",
                    models.UniqueConstraint(
                        fields=("bag_key", "checkout_number"), name="one_order_per_checkout"
                    ),
                ),
            ]
        ),
    ]
