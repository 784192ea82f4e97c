"""Say what the columns are for. They keep their names: the version before still writes them."""

from django.db import migrations, models

import invoices.models.card


def key(**options):
    return models.CharField(editable=False, max_length=64, unique=True, **options)


class Migration(migrations.Migration):
    dependencies = [("invoices", "0009_money_permissions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("payment", "submission", "idempotency_key"),
                migrations.AlterField(
                    "payment", "idempotency_key", key(db_column="submission", null=True)
                ),
                *(
                    operation
                    for model in ("paymentattempt", "refund")
                    for operation in (
                        migrations.RenameField(model, "key", "idempotency_key"),
                        migrations.AlterField(
                            model,
                            "idempotency_key",
                            key(db_column="key", default=invoices.models.card.new_key),
                        ),
                    )
                ),
            ]
        ),
    ]
