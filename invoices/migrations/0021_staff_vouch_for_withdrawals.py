from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoices", "0020_freeze_day_closes")]

    operations = [
        migrations.AddField(
            model_name="withdrawal",
            name="vouched_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="said to be theirs"),
        ),
    ]
