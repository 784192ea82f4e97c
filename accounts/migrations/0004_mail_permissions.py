from django.db import migrations

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF, grant, revoke

# To look at a mail and to have it sent again. Of which mails, `MailAdmin` says.
MAILS = ["view_mail", "change_mail"]
GRANTS = {
    SHOP_STAFF: MAILS,
    WORKSHOP_STAFF: MAILS,
    MANAGERS: [*MAILS, "delete_mail", "view_wording", "change_wording"],
}


def give(apps, schema_editor):
    grant(apps, "accounts", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "accounts", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_mails_and_wordings"),
    ]

    operations = [
        migrations.RunPython(give, take_back, elidable=False),
    ]
