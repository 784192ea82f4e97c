from django.db import migrations, models


class Migration(migrations.Migration):
    """A state for mails of a shop without a mail server. Nothing changes in the database."""

    dependencies = [("mail", "0002_mails_that_yield")]

    operations = [
        migrations.AlterField(
            model_name="mail",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "waits to be sent"),
                    ("sent", "sent"),
                    ("failed", "failed"),
                    ("unsent", "not sent: no mail server"),
                ],
                default="queued",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
