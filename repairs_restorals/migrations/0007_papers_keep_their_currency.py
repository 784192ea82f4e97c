"""What was written until now is in the currency that the shop has today."""

from django.db import migrations

import money.columns


class Migration(migrations.Migration):
    dependencies = [("repairs_restorals", "0006_amounts_of_any_currency")]

    operations = [
        migrations.AddField("quote", "currency", money.columns.CurrencyColumn()),
    ]
