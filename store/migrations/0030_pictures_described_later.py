from django.db import migrations, models


class Migration(migrations.Migration):
    """Which pictures show the title in the place of a description; none of those there are."""

    dependencies = [("store", "0029_what_is_set_up")]

    operations = [
        migrations.AddField(
            model_name="itemimage",
            name="is_described",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddIndex(
            model_name="itemimage",
            index=models.Index(
                fields=["item"],
                name="image_to_be_described",
                condition=models.Q(is_described=False),
            ),
        ),
    ]
