"""The cast: alice and bob are customers, sam minds the shop, wren the workshop."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import groupby
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.serializers import deserialize
from django.db import connection, transaction
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import post_save, pre_save
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from accounts.groups import SHOP_STAFF, WORKSHOP_STAFF
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from mail.models import Mail
from outside import last_calls
from outside.heavy import heavy_work, searches
from store.models import Item, ShopProfile
from store.tests.factories import SET_UP, make_item
from tests.environment import migrated
from tests.one_mail import Acts
from tests.sharing import Scheduling

# What a test needs, by the fixture that brings it.
MARKS = {"browser": "browser", "server": "postgresql"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their fixtures, so that `-m "not browser"` misses none."""
    for item in items:
        for fixture in MARKS.keys() & set(getattr(item, "fixturenames", [])):
            item.add_marker(MARKS[fixture])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Whether to go on with a file that is there: a copy of what is migrated is."""
    of_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    return bool(request.config.getvalue("reuse_db")) or (of_sqlite and migrated() is not None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """On SQLite, test in a file: in memory, threads would share one connection's locks.

    MIGRATED names a database that is migrated already, for who runs a few tests very often, and
    for all but one of several workers.
    """
    database = settings.DATABASES["default"]
    template = migrated()
    if not database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["TEMPLATE"] = template
        return
    path = tmp_path_factory.mktemp("sqlite") / "test.sqlite3"
    database["TEST"]["NAME"] = str(path)
    if template:
        shutil.copy(template, path)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Of what a process keeps of the tests before."""
    cache.clear()
    last_calls.forget()


@pytest.fixture(autouse=True)
def _no_place_is_kept() -> Iterator[None]:
    """A file that a test asks for and does not read would have its place in all tests after."""
    yield
    if heavy_work.own or searches.own:
        # Where it is in a ring of objects, it is closed only when somebody looks.
        gc.collect()
    kept = [*heavy_work.own, *searches.own]
    for room in (heavy_work, searches):
        room.begin_anew()
    assert not kept  # noqa: S101


@pytest.fixture(autouse=True)
def _no_private_files() -> None:
    """What is taken back in the database stays on the disk: some tests ask what is there."""
    shutil.rmtree(os.environ["PRIVATE_MEDIA_ROOT"], ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Hashing a password is slow by design; a test logs in a dozen times."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        yield


def set_up(instance: ShopProfile, **kwargs: Any) -> None:
    if instance._state.adding:
        for name, value in SET_UP.items():
            written = getattr(instance, name)
            # A default that only the database knows is no text.
            if not (isinstance(written, str) and written):
                setattr(instance, name, value)


@pytest.fixture(autouse=True)
def _shops_are_set_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """A shop may sell and bill, unless its test is about one that is new: `bare_shop`."""
    if not request.node.get_closest_marker("bare_shop"):
        pre_save.connect(set_up, sender=ShopProfile)
    yield
    pre_save.disconnect(set_up, sender=ShopProfile)


@pytest.fixture(autouse=True)
def _groups_come_back(django_db_serialized_rollback: None) -> None:
    """A test with real transactions empties all tables; the next one finds the groups again."""


@pytest.fixture(scope="module")
def building(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Write `with building():` what all tests of a module find, each of them as it was.

    A transaction is around all of them, so none may have real ones. `tests.sharing` names them.
    """

    @contextmanager
    def build() -> Iterator[None]:
        bare = request.node.get_closest_marker("bare_shop")
        with django_db_blocker.unblock():
            if not bare:
                pre_save.connect(set_up, sender=ShopProfile)
            yield
            pre_save.disconnect(set_up, sender=ShopProfile)

    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
    yield build
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _one_mail_for_one_act(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does, nobody gets two mails for one act."""
    acts = Acts()
    post_save.connect(acts.note, sender=Mail)
    yield
    post_save.disconnect(acts.note, sender=Mail)
    if not request.node.get_closest_marker("many_acts"):
        assert not acts.several  # noqa: S101


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


def sql_flush(
    self: DatabaseOperations, style: Any, tables: list[str], **options: bool
) -> list[str]:
    """Delete the rows of all tables, without asking the triggers that guard them.

    Django truncates, for which PostgreSQL makes a new file for each table and index: a second
    after each test with real transactions. The lock waits for other threads' writes, too.
    """
    names = [self.quote_name(table) for table in tables]
    return [
        f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE;",
        "SET LOCAL session_replication_role = replica;",
        *(f"DELETE FROM {name};" for name in names),  # noqa: S608
    ]


def deserialize_db_from_string(self: BaseDatabaseCreation, data: str) -> None:
    """Write back what migrations had put into the tables, a model's rows in one statement.

    Django saves one after the other: 350 permissions and the like before each test with real
    transactions.
    """
    rows = [*deserialize("json", data, using=self.connection.alias)]
    with transaction.atomic(using=self.connection.alias):
        for model, of_model in groupby(rows, key=lambda row: type(row.object)):
            # All are there before the first of these tests.
            objects = [row.object for row in of_model]
            model._base_manager.bulk_create(objects, ignore_conflicts=True)
        for row in rows:
            for name, related in (row.m2m_data or {}).items():
                getattr(row.object, name).set(related)


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_and_filled_quickly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        quick = deserialize_db_from_string
        patch.setattr(BaseDatabaseCreation, "deserialize_db_from_string", quick)
        yield


# The triggers of SQLite, while they are taken away.
TRIGGERS: list[tuple[str, str]] = []


@pytest.fixture(autouse=True)
def _issued_invoices_can_be_tidied_away(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take SQLite's triggers away while the rows of a test are deleted after it.

    They keep issued invoices from that. On PostgreSQL `sql_flush` passes them by. Tests without
    real transactions come first and need no tidying.
    """
    marker = request.node.get_closest_marker("django_db")
    real = "transactional_db" in request.fixturenames or "live_server" in request.fixturenames
    if connection.vendor != "sqlite" or not (real or (marker and marker.kwargs.get("transaction"))):
        yield
        return
    request.getfixturevalue("transactional_db")
    with connection.cursor() as cursor:
        while TRIGGERS:
            cursor.execute(TRIGGERS.pop()[1])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        TRIGGERS.extend(cursor.fetchall())
        for name, _sql in TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")
