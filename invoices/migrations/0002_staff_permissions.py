from django.db import migrations

from accounts.groups import MANAGERS, SHOP_STAFF, grant, revoke

GRANTS = {SHOP_STAFF: ["view_invoice"], MANAGERS: ["view_invoice"]}


def give(apps, schema_editor):
    grant(apps, "invoices", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "invoices", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0001_invoices"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [
        migrations.RunPython(give, take_back, elidable=False),
    ]
