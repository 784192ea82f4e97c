"""What a piece was bought for keeps its currency when the shop's changes."""

import money.columns
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("store", "0021_words_in_parts")]

    operations = [
        migrations.AddField("piece", "purchase_currency", money.columns.CurrencyColumn()),
    ]
