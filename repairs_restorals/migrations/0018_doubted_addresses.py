from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repairs_restorals", "0017_loans")]

    operations = [
        migrations.AddField(
            "serviceticket",
            "email_doubted_at",
            models.DateTimeField(editable=False, null=True),
        ),
    ]
