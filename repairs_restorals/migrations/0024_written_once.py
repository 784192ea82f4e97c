from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repairs_restorals", "0023_captions_in_languages")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="idempotency_key",
            field=models.CharField(max_length=80, unique=True, null=True, editable=False),
        )
        for name in ("ticketmessage", "task")
    ]
