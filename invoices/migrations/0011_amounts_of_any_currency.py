"""Room for the third decimal of dinars. The version before reads and writes as it did.

On PostgreSQL no table is written anew: only the limit of digits goes.
"""

import django.core.validators
import money.columns
from decimal import Decimal
from django.db import migrations
from invoices.documents.immutability import thawed


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0010_idempotency_keys'),
    ]

    operations = thawed(
        migrations.AlterField(
            model_name='invoice',
            name='deposit',
            field=money.columns.AmountColumn(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), help_text='Asked for before the work begins.', max_digits=11, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='deposit'),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='total',
            field=money.columns.AmountColumn(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=13, verbose_name='total'),
        ),
        migrations.AlterField(
            model_name='invoiceline',
            name='price',
            field=money.columns.AmountColumn(decimal_places=3, max_digits=11, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='price of one'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='amount',
            field=money.columns.AmountColumn(decimal_places=3, max_digits=11, verbose_name='amount'),
        ),
        migrations.AlterField(
            model_name='paymentattempt',
            name='amount',
            field=money.columns.AmountColumn(decimal_places=3, max_digits=11, verbose_name='amount'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='amount',
            field=money.columns.AmountColumn(decimal_places=3, max_digits=11, verbose_name='amount'),
        ),
    )
