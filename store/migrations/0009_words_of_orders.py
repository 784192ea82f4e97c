"""Call fields of orders as the field does. The columns keep their names: a deploy's other half."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0008_days_in_a_year")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("order", "pay_by", "payment_due_at"),
                migrations.AlterField(
                    "order",
                    "payment_due_at",
                    models.DateTimeField(
                        db_column="pay_by", editable=False, verbose_name="to be paid by"
                    ),
                ),
                migrations.RenameField("orderevent", "move", "transition"),
                migrations.AlterField(
                    "orderevent",
                    "transition",
                    models.CharField(
                        choices=[
                            ("pay", "Mark paid"),
                            ("ready", "Mark ready for collection"),
                            ("ship", "Mark shipped"),
                            ("collect", "Mark collected"),
                            ("cancel", "Cancel the order"),
                        ],
                        db_column="move",
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
            ]
        ),
    ]
