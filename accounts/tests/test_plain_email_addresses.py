from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import User
from accounts.tests.factories import make_user

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]
migration = import_module("accounts.migrations.0006_plain_email_addresses")


def addresses_after(*stored: str) -> list[str]:
    """How addresses that the version before had stored are spelled after the migration."""
    for number, email in enumerate(stored):
        user = make_user(f"{number}@example.com")
        User.objects.filter(pk=user.pk).update(email=email)
    migration.spell_plainly(apps, None)
    return [user.email for user in User.objects.order_by("pk")]


def test_stored_addresses_lose_what_nobody_sees() -> None:
    odd = ["rhea@example.com\u202c", "ann@xn--bcher-kva.example", "alice@example.com"]

    assert addresses_after(*odd) == ["rhea@example.com", "ann@bücher.example", "alice@example.com"]


def test_no_account_is_lost_whose_plain_address_is_taken() -> None:
    odd = ["zed@example.com", "zed@example.com\u200b", "zed@example.com\u2060", "z\u200b@b.de"]

    assert addresses_after(*odd) == [*odd[:3], "z@b.de"]
