import django.db.models.deletion
from django.db import migrations, models

from accounts.groups import permissions

RENAMED = {"placeinline": "waitlistentry", "nomail": "mailoptout"}
ACTIONS = ["add", "change", "delete", "view"]


def grant_under_new_names(apps, schema_editor):
    """Whoever may do something with a model may do it under the model's new name as well.

    The old permissions stay: the release before asks for them.
    """
    permission = apps.get_model("auth", "Permission").objects
    for before, after in RENAMED.items():
        codenames = [f"{action}_{after}" for action in ACTIONS]
        for action, new in zip(ACTIONS, permissions(apps, "bag", codenames), strict=True):
            for old in permission.filter(
                content_type__app_label="bag", codename=f"{action}_{before}"
            ):
                new.group_set.add(*old.group_set.all())
                new.user_set.add(*old.user_set.all())


class Migration(migrations.Migration):
    """Names only: tables, columns, constraints and indexes keep theirs."""

    dependencies = [
        ("bag", "0004_mails_go_to_the_outbox"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterModelTable("PlaceInLine", "bag_placeinline"),
                migrations.RenameModel("PlaceInLine", "WaitlistEntry"),
                migrations.AlterModelOptions(
                    "WaitlistEntry",
                    options={
                        "ordering": ["pk"],
                        "verbose_name": "waiting-list entry",
                        "verbose_name_plural": "waiting-list entries",
                    },
                ),
                migrations.RenameField("WaitlistEntry", "told_at", "notified_at"),
                migrations.AlterField(
                    "WaitlistEntry",
                    "notified_at",
                    models.DateTimeField(db_column="told_at", null=True),
                ),
                migrations.AlterField(
                    "WaitlistEntry",
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waitlist_entries",
                        to="store.item",
                    ),
                ),
                migrations.AlterModelTable("NoMail", "bag_nomail"),
                migrations.RenameModel("NoMail", "MailOptOut"),
            ],
        ),
        migrations.RunPython(grant_under_new_names, migrations.RunPython.noop, elidable=False),
    ]
