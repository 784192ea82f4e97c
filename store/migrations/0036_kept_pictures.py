import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Pictures that were stored for a form, and go when nobody sends it again."""

    dependencies = [("store", "0035_logo")]

    operations = [
        migrations.CreateModel(
            name="KeptPicture",
            fields=[
                (
                    "name",
                    models.CharField(max_length=100, primary_key=True, serialize=False),
                ),
                (
                    "kept_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["kept_at"], name="kept_picture_by_age")],
            },
        ),
    ]
