"""Room for the third decimal of dinars. The version before reads and writes as it did.

On PostgreSQL no table is written anew: only the limit of digits goes.
"""

import django.core.validators
import money.columns
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0014_past_addresses'),
    ]

    operations = [
        migrations.AlterField(
            model_name='item',
            name='price',
            field=money.columns.PriceColumn(decimal_places=3, max_digits=11, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price'),
        ),
        migrations.AlterField(
            model_name='item',
            name='shipping',
            field=money.columns.PriceColumn(blank=True, decimal_places=3, help_text='For one piece. 0 is free of charge; empty is for collection only.', max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='shipping'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='price',
            field=money.columns.AmountColumn(decimal_places=3, max_digits=11, verbose_name='price'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='shipping',
            field=money.columns.AmountColumn(decimal_places=3, max_digits=9, verbose_name='shipping'),
        ),
        migrations.AlterField(
            model_name='piece',
            name='purchase_price',
            field=money.columns.AmountColumn(blank=True, decimal_places=3, max_digits=11, null=True, verbose_name='bought for'),
        ),
    ]
