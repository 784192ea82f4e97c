from django.db import migrations

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF, grant, revoke

SEEN = ["view_payment", "view_invoiceevent", "view_paymentattempt", "view_refund"]
# Who may record money may change an invoice: that is what the buttons on its page ask for.
GRANTS = {
    SHOP_STAFF: [*SEEN, "change_invoice", "add_payment"],
    WORKSHOP_STAFF: SEEN,
    MANAGERS: [*SEEN, "change_invoice", "add_payment", "add_refund", "view_stripeevent"],
}


def give(apps, schema_editor):
    grant(apps, "invoices", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "invoices", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0008_freeze_issued_invoices"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [migrations.RunPython(give, take_back, elidable=False)]
