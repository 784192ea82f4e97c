"""`migrate` in a shop that serves meanwhile, with a control that makes readers queue."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from psycopg2.errors import QueryCanceled

from tests.processes import wait_until
from tests.test_torture import this_database

# An app without tables of its own gets the migration of this test.
APP = "crispy_forms"
LEFT = """
    SELECT to_regclass('waits_first') IS NOT NULL, count(*) FROM information_schema.columns
    WHERE table_name = 'store_item' AND column_name = 'waits'"""
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'store_item'::regclass"

real_database = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_one_more_migration"),
]


@pytest.fixture
def _one_more_migration(settings: Any, transactional_db: None) -> Iterator[None]:
    settings.MIGRATION_MODULES = {APP: "tests.waiting_migrations"}
    yield
    call_command("migrate", APP, "zero", verbosity=0)


@pytest.fixture
def reader(transactional_db: None) -> Iterator[Any]:
    """Somebody who has read things, and whose transaction goes on."""
    with closing(psycopg2.connect(this_database())) as other:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM store_item")
        yield other


def migrate(out: Any = None, **options: Any) -> None:
    call_command("migrate", APP, stdout=out or io.StringIO(), **options)


def asked(query: str) -> Any:
    with closing(psycopg2.connect(this_database())) as other, other.cursor() as cursor:
        cursor.execute("SET statement_timeout = '2s'")
        cursor.execute(query)
        return cursor.fetchone()


class TestWaiting:
    pytestmark = real_database

    def test_it_gives_up_says_why_and_leaves_nothing_half_done(self, reader: Any) -> None:
        with pytest.raises(CommandError, match="Given up: the shop serves on") as given_up:
            migrate(lock_seconds=0.1, tries=2)

        pid = reader.get_backend_pid()
        told = f"store_item is used by process {pid} (idle in transaction, in a transaction for"
        assert told in str(given_up.value)
        assert asked(LEFT) == (False, 0)

    def test_it_tries_again_when_others_have_gone_first(self, reader: Any) -> None:
        class Told(io.StringIO):
            def write(self, text: str) -> int:
                if "Others go first" in text:
                    reader.rollback()
                return super().write(text)

        told = Told()
        migrate(told, lock_seconds=0.1, tries=2)

        assert told.getvalue().count("Others go first; 1 more tries.") == 1
        assert asked(LEFT) == (True, 1)

    def test_it_leaves_no_limits_to_what_comes_next(self, reader: Any) -> None:
        reader.rollback()
        migrate()

        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            assert cursor.fetchone() == ("0",)

    def test_what_takes_too_long_is_undone_and_named(self, reader: Any, settings: Any) -> None:
        settings.MIGRATE_SECONDS = 0.1
        with pytest.raises(CommandError, match=r"ALTER TABLE … store_item: it took longer than"):
            migrate(lock_seconds=0)

        assert asked(LEFT) == (False, 0)

    @pytest.mark.parametrize("seconds", [1, pytest.param(0, id="control: for ever")])
    def test_readers_queue_no_longer_than_it_waits(self, reader: Any, seconds: int) -> None:
        with ThreadPoolExecutor() as pool:
            migration = pool.submit(migrate_in_thread, lock_seconds=seconds, tries=1)
            wait_until(lambda: asked(WAITS) == (1,))
            try:
                if seconds:
                    assert asked("SELECT count(*) FROM store_item")
                else:
                    with pytest.raises(QueryCanceled):
                        asked("SELECT count(*) FROM store_item")
            finally:
                reader.rollback()
                assert isinstance(migration.exception(), CommandError if seconds else type(None))


def migrate_in_thread(**options: Any) -> None:
    try:
        migrate(**options)
    finally:
        connection.close()


def test_only_data_are_moved_outside_of_a_transaction() -> None:
    """A table that is changed by halves can be left so; rows in batches are gone on with."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values()
    loose = {
        f"{migration}: {operation}"
        for migration in migrations
        for operation in migration.operations
        if not (migration.atomic or isinstance(operation, RunPython))
    }

    assert len([*migrations]) > 100
    assert loose == set()
