from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repairshop", "0004_faults")]

    operations = [
        migrations.AddField(
            model_name="heartbeat",
            name="outside",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
