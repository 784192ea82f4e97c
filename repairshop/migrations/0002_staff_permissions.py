from django.db import migrations

from accounts.groups import MANAGERS, grant, revoke

GRANTS = {MANAGERS: ["view_heartbeat"]}


def give(apps, schema_editor):
    grant(apps, "repairshop", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "repairshop", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("repairshop", "0001_heartbeat"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [
        migrations.RunPython(give, take_back, elidable=False),
    ]
