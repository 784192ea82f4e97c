from django.db import migrations

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF, grant, revoke

GRANTS = {group: ["view_pieceevent"] for group in (SHOP_STAFF, WORKSHOP_STAFF, MANAGERS)}


def give(apps, schema_editor):
    grant(apps, "store", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "store", GRANTS)


class Migration(migrations.Migration):
    dependencies = [("store", "0005_arrivals_of_pieces")]

    operations = [
        migrations.RunPython(give, take_back, elidable=False),
    ]
