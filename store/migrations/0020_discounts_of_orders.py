"""What staff take off an order, and why; the version before neither gives nor shows any."""

import money.columns
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0019_what_came_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='discount',
            field=money.columns.AmountColumn(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), editable=False, max_digits=11, verbose_name='discount'),
        ),
        migrations.AddField(
            model_name='order',
            name='discount_reason',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=100, verbose_name='reason of the discount'),
        ),
    ]
