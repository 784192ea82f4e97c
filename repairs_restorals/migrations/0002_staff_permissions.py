from django.db import migrations

from accounts.groups import MANAGERS, WORKSHOP_STAFF, grant, revoke

TICKETS = ["add_serviceticket", "change_serviceticket", "view_serviceticket"]
SEEN = [
    f"view_{model}"
    for model in ("ticketevent", "ticketimage", "ticketmessage", "quote", "quoteline", "workshop")
]
SHOWN = [f"{action}_beforeafter" for action in ("add", "change", "delete", "view")]
TASKS = [f"{action}_task" for action in ("add", "change", "delete", "view")]
RUN_WORKSHOP = [*TICKETS, *SEEN, *SHOWN, *TASKS]
MANAGE_WORKSHOP = [*RUN_WORKSHOP, "change_workshop", "assign_task"]
GRANTS = {WORKSHOP_STAFF: RUN_WORKSHOP, MANAGERS: MANAGE_WORKSHOP}


def give(apps, schema_editor):
    grant(apps, "repairs_restorals", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "repairs_restorals", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("repairs_restorals", "0001_tickets"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [
        migrations.RunPython(give, take_back, elidable=False),
    ]
