"""Room for the third decimal of dinars. The version before reads and writes as it did.

On PostgreSQL no table is written anew: only the limit of digits goes.
"""

import django.core.validators
import money.columns
from decimal import Decimal
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('repairs_restorals', '0005_quotes_open_again'),
    ]

    operations = [
        migrations.AlterField(
            model_name='quote',
            name='deposit',
            field=money.columns.AmountColumn(blank=True, decimal_places=3, help_text='Asked for before the work begins.', max_digits=11, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='deposit'),
        ),
        migrations.AlterField(
            model_name='quoteline',
            name='price',
            field=money.columns.AmountColumn(decimal_places=3, max_digits=11, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='price of one'),
        ),
        migrations.AlterField(
            model_name='serviceticket',
            name='go_ahead_limit',
            field=money.columns.PriceColumn(blank=True, decimal_places=3, max_digits=11, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='go ahead without asking up to'),
        ),
        migrations.AlterField(
            model_name='workshop',
            name='hourly_rate',
            field=money.columns.PriceColumn(decimal_places=3, default=Decimal('60.00'), help_text='Including tax; a new quote begins with it.', max_digits=9, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='price of an hour'),
        ),
    ]
