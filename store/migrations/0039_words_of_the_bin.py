from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0038_things_in_the_bin")]

    operations = [
        migrations.AlterModelOptions(
            name="binneditem",
            options={
                "default_permissions": (),
                "verbose_name": "thing in the bin",
                "verbose_name_plural": "things in the bin",
            },
        ),
    ]
