"""`migrate` in a shop that serves meanwhile, with a control that makes readers queue."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from typing import Any

import psycopg2
import pytest
from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.commands.migrate import Command as DjangosOwn
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from psycopg2.errors import DeadlockDetected, QueryCanceled

from repairshop.management.commands.migrate import Command
from repairshop.table_locks import ALONE, WITH_READERS, TableLocks
from tests.processes import wait_until
from tests.test_torture import this_database

# An app without tables of its own gets the migrations of this test.
APP = "crispy_forms"
LEFT = """
    SELECT to_regclass('waits_first') IS NOT NULL, count(*) FROM information_schema.columns
    WHERE table_name = 'store_item' AND column_name = 'waits'"""
WAITS = """
    SELECT count(*) FROM pg_locks l JOIN pg_database here ON here.oid = l.database
    WHERE NOT l.granted AND l.relation = '{}'::regclass AND here.datname = current_database()"""

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
    call_command("migrate", APP, "waits", stdout=out or io.StringIO(), **options)


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
        with pytest.raises(CommandError, match=r"LOCK TABLE … store_item: it took longer than"):
            migrate(lock_seconds=0)

        assert asked(LEFT) == (False, 0)

    @pytest.mark.parametrize("seconds", [1, pytest.param(0, id="control: for ever")])
    def test_readers_queue_no_longer_than_it_waits(self, reader: Any, seconds: int) -> None:
        with ThreadPoolExecutor() as pool:
            migration = pool.submit(in_thread, migrate, lock_seconds=seconds, tries=1)
            wait_until(lambda: asked(WAITS.format("store_item")) == (1,))
            try:
                if seconds:
                    assert asked("SELECT count(*) FROM store_item")
                else:
                    with pytest.raises(QueryCanceled):
                        asked("SELECT count(*) FROM store_item")
            finally:
                reader.rollback()
                assert isinstance(migration.exception(), CommandError if seconds else type(None))

    @pytest.mark.parametrize(
        ("command", "answer"),
        [
            (Command, nullcontext()),
            pytest.param(DjangosOwn, pytest.raises(DeadlockDetected), id="control: Django's own"),
        ],
    )
    def test_it_waits_for_nobody_who_waits_for_it(
        self, command: type[BaseCommand], answer: Any, reader: Any
    ) -> None:
        """Else PostgreSQL ends one of both, here the reader, who is the first to look."""
        with reader.cursor() as cursor, ThreadPoolExecutor() as pool:
            cursor.execute("ROLLBACK; SET deadlock_timeout = '20ms'; BEGIN")
            cursor.execute("SELECT count(*) FROM store_piece")
            migration = pool.submit(in_thread, call_command, command(), APP, verbosity=0)
            wait_until(lambda: asked(WAITS.format("store_piece")) == (1,))
            try:
                with answer:
                    cursor.execute("SELECT count(*) FROM store_item")
            finally:
                reader.rollback()
            migration.result()


@pytest.mark.parametrize(
    ("sql", "locks"),
    [
        ('ALTER TABLE "store_item" ADD COLUMN "a" int', {"store_item": ALONE}),
        (
            'ALTER TABLE "new" ADD CONSTRAINT "a" FOREIGN KEY ("b") REFERENCES "store_item" ("id")',
            {"store_item": WITH_READERS},
        ),
        ('CREATE INDEX "a" ON "store_item" ("b")', {"store_item": WITH_READERS}),
        ("DROP TRIGGER a ON store_item; CREATE TRIGGER a", {"store_item": ALONE}),
        (
            'UPDATE "store_piece" SET a = 1 FROM "store_item"',
            {"store_piece": WITH_READERS, "store_item": WITH_READERS},
        ),
    ],
)
def test_a_statement_is_given_the_locks_that_it_needs(sql: str, locks: dict[str, str]) -> None:
    taken = TableLocks(connection)
    taken.tables = {"store_item", "store_piece"}
    taken.learn(sql)

    assert taken.known == locks


def in_thread(call: Callable[..., Any], *args: Any, **options: Any) -> None:
    try:
        call(*args, **options)
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
