import django.core.validators
import django.db.models.deletion
import money.columns
from django.db import migrations, models


class Migration(migrations.Migration):
    """Countries with prices of shipping; none of it is asked for before the shop says so."""

    dependencies = [
        ('store', '0056_country_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShippingZone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='The lowest comes first.', verbose_name='position')),
                ('prices', models.CharField(choices=[('size', 'by size'), ('weight', 'by weight')], db_default='size', default='size', max_length=10, verbose_name='prices')),
                ('free_from', money.columns.PriceColumn(blank=True, decimal_places=3, help_text='When the things cost so much, these prices are not asked for. Empty: they always are.', max_digits=11, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='free from')),
                ('on_request', models.BooleanField(db_default=False, default=False, help_text='Customers may ask what sending it costs. Otherwise it is not sent there.', verbose_name='on request, where there is no price')),
            ],
            options={
                'verbose_name': 'shipping zone',
                'verbose_name_plural': 'shipping zones',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='item',
            name='size_class',
            field=models.CharField(blank=True, choices=[('small', 'small parcel'), ('parcel', 'parcel'), ('bulky', 'bulky'), ('freight', 'freight')], db_default='', default='', help_text='With it, the prices of the shipping zones count.', max_length=10, verbose_name='size for shipping'),
        ),
        migrations.AddField(
            model_name='item',
            name='weight_grams',
            field=models.PositiveIntegerField(blank=True, help_text='With its packing; for zones whose prices go by weight.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000000)], verbose_name='weight (grams)'),
        ),
        migrations.AddField(
            model_name='shopprofile',
            name='shipping_by_zones',
            field=models.BooleanField(db_default=False, default=False, help_text='The shipping zones say where we send things, and for what. Otherwise each thing goes to any country, for its own price.', verbose_name='shipping by zones'),
        ),
        migrations.AlterField(
            model_name='item',
            name='shipping',
            field=money.columns.PriceColumn(blank=True, decimal_places=3, help_text='For one piece, within our country. 0 is free of charge. Empty: by the size for shipping; without one, it is for collection only.', max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='shipping'),
        ),
        migrations.CreateModel(
            name='ZoneCountry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=2, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z]{2}$')])),
                ('zone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='countries', to='store.shippingzone')),
            ],
            options={
                'verbose_name': 'country',
                'verbose_name_plural': 'countries',
                'ordering': ['code'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ShippingRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.CharField(blank=True, choices=[('small', 'small parcel'), ('parcel', 'parcel'), ('bulky', 'bulky'), ('freight', 'freight')], default='', max_length=10, verbose_name='size for shipping')),
                ('up_to_grams', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000000)], verbose_name='up to (grams)')),
                ('price', money.columns.PriceColumn(decimal_places=3, max_digits=9, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price')),
                ('zone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='store.shippingzone')),
            ],
            options={
                'verbose_name': 'price',
                'verbose_name_plural': 'prices',
                'ordering': ['up_to_grams', 'pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('size', ''), _negated=True), fields=('zone', 'size'), name='one_rate_of_each_size'), models.UniqueConstraint(condition=models.Q(('size', '')), fields=('zone', 'up_to_grams'), name='one_rate_up_to_each_weight'), models.CheckConstraint(condition=models.Q(models.Q(('size', ''), ('up_to_grams__isnull', False)), models.Q(models.Q(('size', ''), _negated=True), ('up_to_grams__isnull', True)), _connector='OR'), name='rate_is_of_size_or_weight', violation_error_message='Either a size or a weight.'), models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='rate_not_negative')],
            },
        ),
    ]
