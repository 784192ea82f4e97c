from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoices", "0021_staff_vouch_for_withdrawals")]

    operations = [
        migrations.AddField(
            model_name="withdrawal",
            name="is_receipt_mailed",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="mailbox asked"),
        ),
    ]
