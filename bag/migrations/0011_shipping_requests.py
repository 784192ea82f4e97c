import accounts.secrets
import django.db.models.deletion
import django.db.models.functions.datetime
import money.columns
import typed.languages
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bag', '0010_language_of_the_reader'),
        ('store', '0057_shipping_zones'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShippingRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret', models.CharField(default=accounts.secrets.new_secret, editable=False, max_length=32, unique=True)),
                ('idempotency_key', models.CharField(default=accounts.secrets.new_secret, max_length=32, unique=True)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('country_code', models.CharField(max_length=2, verbose_name='country')),
                ('postcode', models.CharField(blank=True, max_length=20, verbose_name='postcode')),
                ('city', models.CharField(max_length=100, verbose_name='town')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='message to the shop')),
                ('site', models.CharField(max_length=300)),
                ('language', typed.languages.LanguageField(blank=True, db_default='', default=typed.languages.visitors_language, editable=False, max_length=10)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('price', money.columns.PriceColumn(blank=True, decimal_places=3, max_digits=9, null=True, verbose_name='price of shipping')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='reserved until')),
                ('held_since', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='customer')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.item', verbose_name='the thing')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='store.order')),
                ('piece', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='store.piece')),
            ],
            options={
                'verbose_name': 'shipping on request',
                'verbose_name_plural': 'shipping on request',
                'ordering': ['-asked_at'],
                'indexes': [models.Index(models.F('asked_at'), condition=models.Q(('answered_at', None), ('ended_at', None)), name='shipping_request_unanswered')],
            },
        ),
    ]
