from django.db import migrations, models


class Migration(migrations.Migration):
    """Orders know that somebody who may not pay money back has given them their address."""

    dependencies = [("store", "0039_words_of_the_bin")]

    operations = [
        migrations.AddField("order", "email_doubted_at", models.DateTimeField(editable=False, null=True)),
    ]
