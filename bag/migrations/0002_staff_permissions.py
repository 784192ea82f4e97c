from django.db import migrations

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF, grant, revoke

GRANTS = {
    SHOP_STAFF: ["view_hold", "change_hold"],
    WORKSHOP_STAFF: ["view_hold"],
    MANAGERS: ["view_hold", "change_hold"],
}


def give(apps, schema_editor):
    grant(apps, "bag", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "bag", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("bag", "0001_fair_use_and_lines"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [
        migrations.RunPython(give, take_back, elidable=False),
    ]
