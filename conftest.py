"""The cast: alice and bob are customers, sam minds the shop, wren the workshop."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.groups import SHOP_STAFF, WORKSHOP_STAFF
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from store.models import Item
from store.tests.factories import make_item


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hashing a password is slow by design; a test logs in a dozen times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.com")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob@example.com")


@pytest.fixture
def sam(db: None) -> User:
    return make_staff("sam@example.com", group=SHOP_STAFF)


@pytest.fixture
def wren(db: None) -> User:
    return make_staff("wren@example.com", group=WORKSHOP_STAFF)


@pytest.fixture
def clock(db: None) -> Item:
    return make_item(title="Mantel clock", slug="mantel-clock")
