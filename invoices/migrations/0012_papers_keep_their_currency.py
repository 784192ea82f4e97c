"""What was written until now is in the currency that the shop has today."""

from django.db import migrations

import money.columns
from invoices.documents.immutability import thawed


class Migration(migrations.Migration):
    dependencies = [("invoices", "0011_amounts_of_any_currency")]

    operations = thawed(
        migrations.AddField("invoice", "currency", money.columns.CurrencyColumn()),
        migrations.AddField("payment", "currency", money.columns.CurrencyColumn()),
    )
