from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("store", "0041_legal_nature_of_things")]

    operations = [
        migrations.AddField(
            model_name='shopprofile',
            name='guarantee',
            field=models.TextField(blank=True, db_default='', default='', help_text='Shown before ordering. Empty: that it lasts two years, and what it gives.', max_length=2000, verbose_name='words about the legal guarantee'),
        ),
    ]
