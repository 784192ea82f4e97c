import django.db.models.deletion
import django.db.models.functions.datetime
import money.columns
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0042_words_about_the_guarantee")]

    operations = [
        migrations.CreateModel(
            name='PastPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', money.columns.PriceColumn(decimal_places=3, max_digits=11, verbose_name='price')),
                ('until', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='until')),
            ],
            options={
                'verbose_name': 'past price',
                'verbose_name_plural': 'past prices',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='item',
            name='reduced_from',
            field=money.columns.PriceColumn(decimal_places=3, editable=False, max_digits=11, null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='reduced_to',
            field=money.columns.PriceColumn(decimal_places=3, editable=False, max_digits=11, null=True),
        ),
        migrations.AddField(
            model_name='pastprice',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_prices', to='store.item'),
        ),
    ]
