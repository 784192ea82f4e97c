import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection

import django

from tests.environment import TEST_ENVIRONMENT
from tests.processes import Process, free_port, wait_until
from tests.rehearsal.machine import missing, run, say, way_to_packages
from tests.rehearsal.servers import CONNECTIONS, Server, pgbouncer, postgresql
from tests.rehearsal.slug import Slug, build

MOST_MEGABYTES = 150
# What the owner sets (docs/deploying.md), and what Heroku sets on a dyno of 512 MB.
CONFIG = {
    "SECRET_KEY": "rehearsed-3kz_pY5sWb8eNc1rHdJ4tGaL9oFi6Xq2TzVwKjM-only",
    "ALLOWED_HOSTS": "shop.example.com",
    "TIME_ZONE": "Europe/Berlin",
    "CURRENCY": "EUR",
}
DYNO = {"WEB_CONCURRENCY": "2", "DYNO_RAM": "512", "FORWARDED_ALLOW_IPS": "*"}


def procfile(slug: Slug) -> dict[str, str]:
    lines = (slug.folder / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def one_off(slug: Slug, environment: dict[str, str], command: str) -> str:
    return run("bash", "-c", command, within=slug.folder, environment=environment)


def listens(port: int) -> bool:
    with suppress(OSError), create_connection(("127.0.0.1", port)):
        return True
    return False


@contextmanager
def web(slug: Slug, environment: dict[str, str], folder: Path) -> Iterator[Process]:
    """The web dyno, ended as Heroku ends it: SIGTERM to all of its processes."""
    port = free_port()
    log = folder / f"web.{port}.log"
    with log.open("w") as output:
        popen = subprocess.Popen(
            ["bash", "-c", f"exec {procfile(slug)['web']}"],
            cwd=slug.folder,
            env={**environment, "DYNO": "web.1", "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        site = Process(popen, log, port)
        try:
            wait_until(lambda: listens(port), seconds=60)
            yield site
        finally:
            popen.terminate()
            popen.wait(30)


def serve(slug: Slug, server: Server, at: Server, folder: Path, email: str, **more: str) -> None:
    """Let the web dyno serve somebody from the database at `at`; look at its connections."""
    from tests.rehearsal.visit import Caller, walk

    environment = {**slug.environment, **CONFIG, **DYNO, "DATABASE_URL": at.url, **more}
    with web(slug, environment, folder) as site:
        began = time.monotonic()
        walk(site, email)
        health = Caller(site).get("/healthz")
        assert health.status == 200, health.text
        [plain, used] = server.psql(
            "SELECT count(*) FILTER (WHERE NOT ssl) || ' ' || count(*) FROM pg_stat_ssl"
            " JOIN pg_stat_activity USING (pid) WHERE usename = 'shop'"
        ).split()
        assert plain == "0", f"{plain} connections are not encrypted"
        seconds = time.monotonic() - began
        say(f"  {used} of {CONNECTIONS} connections, all encrypted; {seconds:.1f} s")
    assert "Traceback" not in site.log, site.log
    for line in site.log.splitlines():
        if "Web processes" in line:
            say(f"  {line.split('] ')[-1]}")


def refuses_without_tls(server: Server) -> None:
    done = subprocess.run(["psql", f"{server.url}?sslmode=disable"], capture_output=True, text=True)
    assert done.returncode != 0
    assert "pg_hba.conf" in done.stderr, done.stderr


def rehearse(folder: Path, pipenv_version: str) -> None:
    say(f"Build, with {', '.join(way_to_packages()) or 'nothing'} of this machine:")
    slug = build(folder, pipenv_version)
    size = slug.megabytes()
    say(f"  the slug has {size:.0f} MB, packed (at most {MOST_MEGABYTES})")
    with postgresql(folder / "postgresql") as server:
        refuses_without_tls(server)
        version = server.psql("SHOW server_version")
        say(f"Release, on {version} with TLS and {CONNECTIONS} connections:")
        environment = {**slug.environment, **CONFIG, "DATABASE_URL": server.url}
        one_off(slug, {**environment, "DYNO": "release.1"}, procfile(slug)["release"])
        one_off(slug, {**environment, "DYNO": "run.1"}, "python manage.py demo --force")
        say("Web, on the database itself:")
        serve(slug, server, server, folder, "alice@example.com")
        with pgbouncer(folder / "pgbouncer", server, pool=8) as pool:
            say("Web, through PgBouncer in transaction mode:")
            serve(slug, server, pool, folder, "bob@example.com", DATABASE_POOLED="True")
    if size > MOST_MEGABYTES:
        sys.exit(f"The slug is larger than {MOST_MEGABYTES} MB.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal")
    parser.add_argument("--pipenv", required=True, help="the version that the buildpack installs")
    given = parser.parse_args()
    if names := missing():
        sys.exit(f"The rehearsal needs what is not on this machine: {', '.join(names)}.")
    with tempfile.TemporaryDirectory(prefix="repairshop-rehearsal-") as name:
        # Servers run as another user, who must find their folders.
        Path(name).chmod(0o755)
        rehearse(Path(name), given.pipenv)


if __name__ == "__main__":
    # For the forms and figures that its visitors share with the tests; the shop has its own.
    ours = {"DATABASE_URL": "sqlite://:memory:", "DJANGO_SETTINGS_MODULE": "repairshop.settings"}
    os.environ.update(TEST_ENVIRONMENT | ours)
    django.setup()
    main()
