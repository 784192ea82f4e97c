from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0043_prices_of_before")]

    operations = [
        migrations.AddField(
            model_name='item',
            name='maker_contact',
            field=models.TextField(blank=True, db_default='', default='', help_text='By post and by e-mail or web. Of what is new or used the law wants it shown.', max_length=500, verbose_name='name and addresses of its maker'),
        ),
        migrations.AddField(
            model_name='item',
            name='responsible_person',
            field=models.TextField(blank=True, db_default='', default='', help_text='Where its maker is not in the EU: name, and address by post and e-mail.', max_length=500, verbose_name='who answers for it in the EU'),
        ),
        migrations.AddField(
            model_name='item',
            name='safety_warnings',
            field=models.TextField(blank=True, db_default='', default='', max_length=2000, verbose_name='warnings and what is to know for its safety'),
        ),
    ]
