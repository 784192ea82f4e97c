from django.db import migrations

from accounts.groups import SHOP_STAFF, grant, revoke

GRANTS = {SHOP_STAFF: ["add_serviceticket", "view_serviceticket"]}


def give(apps, schema_editor):
    grant(apps, "repairs_restorals", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "repairs_restorals", GRANTS)


class Migration(migrations.Migration):
    """Whoever minds the shop takes things in and hands them out."""

    dependencies = [
        ("repairs_restorals", "0007_papers_keep_their_currency"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="serviceticket",
            options={
                "ordering": ["-pk"],
                "permissions": [("hand_out_serviceticket", "Can hand out what is ready")],
                "verbose_name": "ticket",
                "verbose_name_plural": "tickets",
            },
        ),
        migrations.RunPython(give, take_back, elidable=False),
    ]
