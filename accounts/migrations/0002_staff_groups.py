from django.db import migrations

from accounts.groups import GROUPS, MANAGERS, SHOP_STAFF, WORKSHOP_STAFF, grant

SEE_PEOPLE = ["view_user", "view_customer"]
GRANTS = {
    SHOP_STAFF: SEE_PEOPLE,
    WORKSHOP_STAFF: SEE_PEOPLE,
    MANAGERS: [*SEE_PEOPLE, "add_user", "change_user", "add_customer", "change_customer"],
}


def create_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    for name in GROUPS:
        groups.get_or_create(name=name)
    grant(apps, "accounts", GRANTS)


def delete_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_users_and_customers"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(create_groups, delete_groups, elidable=False),
    ]
