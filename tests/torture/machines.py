"""Two web machines: network namespaces, one pool of connections before one PostgreSQL, a router.

The router spreads single requests and sticks to no machine. Needs root, Debian's haproxy and what
`make rehearsal` needs.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.processes import Process, free_port
from tests.rehearsal import machine as rehearsal
from tests.rehearsal.servers import PASSWORD, Server, pgbouncer, postgresql

# The connections of the pool to PostgreSQL, for 2 machines x 4 processes x (4 threads + 1 timer).
POOL = 10
# Under which both reach this one.
HERE = "10.77.1.1"


@dataclass(frozen=True)
class Machine:
    name: str
    address: str

    def answers(self, port: int) -> bool:
        try:
            connection = HTTPConnection(self.address, port, timeout=20)
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False


def missing() -> list[str]:
    names = [name for name in ("haproxy", "ip") if not shutil.which(name)]
    root = [] if os.geteuid() == 0 else ["root, for network namespaces"]
    return [*rehearsal.missing(), *names, *root]


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def machine(number: int) -> Iterator[Machine]:
    """A namespace that reaches this one, and nothing else."""
    name, here = f"shop{os.getpid()}-{number}", f"10.77.{number}.1"
    outside = f"s{os.getpid()}.{number}"
    ip("netns", "add", name)
    try:
        ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("addr", "add", f"{here}/24", "dev", outside)
        ip("link", "set", outside, "up")
        ip("-n", name, "addr", "add", f"10.77.{number}.2/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", name, "link", "set", device, "up")
        ip("-n", name, "route", "add", "default", "via", here)
        yield Machine(name, f"10.77.{number}.2")
    finally:
        ip("netns", "delete", name)


@contextmanager
def two_machines(folder: Path, *options: str) -> Iterator[tuple[tuple[Machine, ...], Server, str]]:
    """The machines, the database itself, and the address of the pool for all processes."""
    with ExitStack() as stack:
        machines = tuple(stack.enter_context(machine(number)) for number in (1, 2))
        server = stack.enter_context(postgresql(folder / "postgresql", *options))
        settings = {"listen_addr": f"127.0.0.1,{HERE}", "client_tls_sslmode": "allow"}
        # What rows say of deadlocks is complete only when the shop's connections have ended.
        settings |= {"server_idle_timeout": "1", "query_wait_timeout": "60"}
        pool = stack.enter_context(pgbouncer(folder / "pool", server, pool=POOL, **settings))
        yield machines, server, f"postgres://shop:{PASSWORD}@{HERE}:{pool.port}/shop"


ROUTER = """
global
    stats socket {folder}/stats
defaults
    mode http
    timeout connect 5s
    timeout client 120s
    timeout server 120s
    maxconn 2000
frontend router
    bind 127.0.0.1:{port}
    default_backend shop
backend shop
    balance roundrobin
"""


@dataclass
class Router:
    """What stands before the machines; `site` is how it looks from outside."""

    site: Process
    statistics: Path

    def answered(self) -> list[int]:
        """How many requests each machine has answered."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(str(self.statistics))
            asked.sendall(b"show stat\n")
            lines = asked.makefile().read().lstrip("# ").splitlines()
        names = lines[0].split(",")
        rows = [dict(zip(names, line.split(","), strict=True)) for line in lines[1:] if line]
        return [int(row["req_tot"]) for row in rows if row["svname"].startswith("machine")]


@contextmanager
def router(folder: Path, places: list[tuple[Machine, int]]) -> Iterator[Router]:
    port = free_port()
    servers = [
        f"    server machine{number} {there.address}:{at}\n"
        for number, (there, at) in enumerate(places)
    ]
    settings, log = folder / "haproxy.cfg", folder / "haproxy.log"
    settings.write_text(ROUTER.format(folder=folder, port=port) + "".join(servers))
    with log.open("w") as output:
        popen = subprocess.Popen(["haproxy", "-db", "-f", str(settings)], stderr=output)
    try:
        yield Router(Process(popen, log, port), folder / "stats")
    finally:
        popen.terminate()
        popen.wait(30)
