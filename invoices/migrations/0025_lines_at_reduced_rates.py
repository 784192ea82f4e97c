from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoices", "0024_caps_of_work")]

    operations = [
        migrations.AlterField(
            model_name="invoiceline",
            name="scheme",
            field=models.CharField(
                choices=[
                    ("standard", "standard rate"),
                    ("reduced", "reduced rate"),
                    ("margin", "margin scheme"),
                    ("zero", "zero rate"),
                ],
                db_default="standard",
                default="standard",
                max_length=10,
                verbose_name="tax scheme",
            ),
        ),
    ]
