"""What an owner has granted on models under their old names holds under the new ones."""

from importlib import import_module

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import User

migration = import_module("bag.migrations.0005_name_the_waitlist")


def test_groups_and_people_keep_both(db: None, alice: User) -> None:
    content_type = ContentType.objects.create(app_label="bag", model="placeinline")
    old = Permission.objects.create(codename="view_placeinline", content_type=content_type)
    group = Group.objects.create(name="Waiting room")
    group.permissions.add(old)
    alice.user_permissions.add(old)

    migration.grant_under_new_names(apps, None)

    names = {"view_placeinline", "view_waitlistentry"}
    assert set(group.permissions.values_list("codename", flat=True)) == names
    assert alice.get_user_permissions() == {f"bag.{name}" for name in names}
