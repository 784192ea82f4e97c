from django.db import migrations

from accounts.groups import permissions

ACTIONS = ["add", "change", "delete", "view"]


def grant_under_new_names(apps, schema_editor):
    """As `0005_name_the_waitlist` does for the models that it renames."""
    permission = apps.get_model("auth", "Permission").objects
    new = permissions(apps, "bag", [f"{action}_ratelimit" for action in ACTIONS])
    for action, after in zip(ACTIONS, new, strict=True):
        for before in permission.filter(
            content_type__app_label="bag", codename=f"{action}_allowance"
        ):
            after.group_set.add(*before.group_set.all())
            after.user_set.add(*before.user_set.all())


class Migration(migrations.Migration):
    """Names only: the table keeps its own."""

    dependencies = [("bag", "0005_name_the_waitlist")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterModelTable("Allowance", "bag_allowance"),
                migrations.RenameModel("Allowance", "RateLimit"),
                migrations.AlterModelOptions(
                    "RateLimit",
                    options={
                        "verbose_name": "rate limit",
                        "verbose_name_plural": "rate limits",
                    },
                ),
            ],
        ),
        migrations.RunPython(grant_under_new_names, migrations.RunPython.noop, elidable=False),
    ]
