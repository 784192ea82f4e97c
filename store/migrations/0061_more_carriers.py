from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0060_currency_rates'),
    ]

    operations = [
        migrations.AlterField(
            model_name='order',
            name='carrier',
            field=models.CharField(blank=True, choices=[('at', 'Österreichische Post'), ('bpost', 'bpost'), ('correos', 'Correos'), ('dhl', 'DHL'), ('dpd', 'DPD'), ('evri', 'Evri'), ('fedex', 'FedEx'), ('gls', 'GLS'), ('hermes', 'Hermes'), ('laposte', 'La Poste'), ('poste', 'Poste Italiane'), ('postnl', 'PostNL'), ('royalmail', 'Royal Mail'), ('ch', 'Die Post / La Poste (Schweiz, Suisse)'), ('ups', 'UPS'), ('usps', 'USPS'), ('other', 'another one')], db_default='', default='', max_length=10, verbose_name='carrier'),
        ),
    ]
