"""PostgreSQL and PgBouncer of the system, as a host gives them: over TLS alone, and few of them."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import free_port, wait_until
from tests.rehearsal.machine import postgresql_programs

PASSWORD = "of-the-rehearsal"
CONNECTIONS = 20
# Neither server runs as root. Debian's packages make this user.
USER = "postgres" if os.geteuid() == 0 else None


@dataclass
class Server:
    port: int
    folder: Path
    name: str = "shop"
    host: str = "localhost"

    @property
    def url(self) -> str:
        """For the shop, as `DATABASE_URL` of a host."""
        return f"postgres://shop:{PASSWORD}@{self.host}:{self.port}/{self.name}"

    def psql(self, query: str) -> str:
        """Ask as the superuser, through the socket."""
        where = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres"]
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *where, "-c", query]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def as_server(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], user=USER, check=True, capture_output=True)


def make_certificate(folder: Path) -> None:
    """A key and a certificate that nobody has signed, like that of a host's database."""
    names = ["-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt")]
    kind = ["-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2", "-subj", "/CN=localhost"]
    as_server("openssl", "req", *kind, *names)
    (folder / "server.key").chmod(0o600)


@contextmanager
def postgresql(folder: Path, *settings: str) -> Iterator[Server]:
    """A server that refuses whoever comes without TLS, and the shop's 21st connection."""
    programs = postgresql_programs()
    assert programs
    folder.mkdir()
    if USER:
        shutil.chown(folder, USER)
    data = folder / "data"
    as_server(programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8")
    make_certificate(data)
    rules = "local all postgres trust\nhostssl all all all scram-sha-256\n"
    (data / "pg_hba.conf").write_text(rules)
    port = free_port()
    options = [
        "listen_addresses=127.0.0.1",
        f"unix_socket_directories={folder}",
        "ssl=on",
        "fsync=off",
        *settings,
    ]
    given = [part for option in options for part in ("-c", option)]
    process = subprocess.Popen(
        [str(programs / "postgres"), "-D", str(data), "-p", str(port), *given],
        user=USER,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("w"),
    )
    server = Server(port, folder)
    try:
        wait_until(lambda: answers(server))
        role = f"CREATE ROLE shop LOGIN PASSWORD '{PASSWORD}' CONNECTION LIMIT {CONNECTIONS}"
        server.psql(role)
        server.psql("CREATE DATABASE shop OWNER shop")
        yield server
    finally:
        # At once, whoever is still connected.
        process.send_signal(signal.SIGINT)
        process.wait(30)


def answers(server: Server) -> bool:
    command = ["pg_isready", "-q", "-h", str(server.folder), "-p", str(server.port)]
    return subprocess.run(command).returncode == 0


@contextmanager
def pgbouncer(folder: Path, behind: Server, *, pool: int, **more: str) -> Iterator[Server]:
    """A PgBouncer in transaction mode with so many connections to the server behind it."""
    folder.mkdir()
    if USER:
        shutil.chown(folder, USER)
    make_certificate(folder)
    port = free_port()
    settings = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": str(folder),
        "auth_type": "scram-sha-256",
        "auth_file": str(folder / "users"),
        "admin_users": "shop",
        "pool_mode": "transaction",
        "default_pool_size": str(pool),
        "max_client_conn": "300",
        "query_wait_timeout": "10",
        "client_tls_sslmode": "require",
        "client_tls_key_file": str(folder / "server.key"),
        "client_tls_cert_file": str(folder / "server.crt"),
        "server_tls_sslmode": "require",
        **more,
    }
    lines = [f"{name} = {value}" for name, value in settings.items()]
    database = f"* = host={behind.host} port={behind.port}"
    text = "\n".join(["[databases]", database, "[pgbouncer]", *lines])
    (folder / "pgbouncer.ini").write_text(f"{text}\n")
    (folder / "users").write_text(f'"shop" "{PASSWORD}"\n')
    process = subprocess.Popen(
        ["pgbouncer", str(folder / "pgbouncer.ini")],
        user=USER,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("w"),
    )
    server = Server(port, folder)
    try:
        wait_until(lambda: answers(server))
        yield server
    finally:
        process.terminate()
        process.wait(30)
