from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0003_no_mail_server'),
    ]

    operations = [
        migrations.AddField(
            model_name='mail',
            name='enclosures',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=200, verbose_name='enclosures'),
        ),
    ]
