from django.db import migrations

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF, grant, revoke

# Workshop staff see orders already; of an invoice nobody sees more than of what it is for.
GRANTS = {
    SHOP_STAFF: ["view_invoiceline"],
    WORKSHOP_STAFF: ["view_invoice", "view_invoiceline"],
    MANAGERS: ["view_invoiceline"],
}


def give(apps, schema_editor):
    grant(apps, "invoices", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "invoices", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0004_way_back_of_workshop_invoices"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [
        migrations.RunPython(give, take_back, elidable=False),
    ]
