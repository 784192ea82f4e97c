from django.db import migrations

MODELS = ["mail", "wording"]


def copy_rights(apps, source, target):
    """Give who has a permission on a model of one app the same on that of the other.

    The first stays: the version before asks for it while it still serves.
    """
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for model in MODELS:
        before, _ = content_types.get_or_create(app_label=source, model=model)
        after, _ = content_types.get_or_create(app_label=target, model=model)
        for held in permissions.filter(content_type=before):
            given, _ = permissions.get_or_create(
                codename=held.codename, content_type=after, defaults={"name": held.name}
            )
            given.group_set.add(*held.group_set.all())
            given.user_set.add(*held.user_set.all())
        history = apps.get_model("admin", "LogEntry").objects.filter(content_type=before)
        history.update(content_type=after)


def move_out(apps, schema_editor):
    copy_rights(apps, "accounts", "mail")


def move_back(apps, schema_editor):
    copy_rights(apps, "mail", "accounts")
    permissions = apps.get_model("auth", "Permission").objects
    permissions.filter(content_type__app_label="mail").delete()
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label="mail").delete()


class Migration(migrations.Migration):
    """Mails and wordings belong to the app `mail` now. Their tables and rows stay."""

    dependencies = [
        ("accounts", "0004_mail_permissions"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("mail", "0001_out_of_accounts"),
    ]

    operations = [
        migrations.RunPython(move_out, move_back, elidable=False),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="Mail"),
                migrations.DeleteModel(name="Wording"),
            ],
        ),
    ]
