from django.db import migrations

from accounts.groups import WORKSHOP_STAFF, grant, revoke

GRANTS = {WORKSHOP_STAFF: ["add_payment"]}


def give(apps, schema_editor):
    grant(apps, "invoices", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "invoices", GRANTS)


class Migration(migrations.Migration):
    """Whoever mends a thing may take a deposit for it."""

    dependencies = [
        ("invoices", "0015_withdrawals"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [migrations.RunPython(give, take_back, elidable=False)]
