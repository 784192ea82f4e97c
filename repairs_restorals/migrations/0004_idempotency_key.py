"""Say what the column is for. It keeps its name: the version before still writes it."""

from django.db import migrations, models

import accounts.secrets


class Migration(migrations.Migration):
    dependencies = [("repairs_restorals", "0003_deposit_share")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("serviceticket", "submission", "idempotency_key"),
                migrations.AlterField(
                    "serviceticket",
                    "idempotency_key",
                    models.CharField(
                        db_column="submission",
                        default=accounts.secrets.new_secret,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
            ]
        ),
    ]
