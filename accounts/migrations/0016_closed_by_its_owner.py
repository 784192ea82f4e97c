from django.db import migrations


def forget_when(apps, schema_editor):
    """What is open was not closed by its owner: staff have opened it again since."""
    apps.get_model("accounts", "User").objects.filter(is_active=True).exclude(
        closed_at=None
    ).update(closed_at=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_joined_people")]

    operations = [migrations.RunPython(forget_when, migrations.RunPython.noop)]
