"""Real processes for tests of what only shows in them: servers, signals, start-up."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import choice
from typing import NamedTuple

from tests.environment import TEST_ENVIRONMENT

ROOT = str(Path(__file__).resolve().parent.parent)
GUNICORN = ("gunicorn", "repairshop.wsgi")
MANAGE = ("python", "manage.py")
PORTS = range(10_000, 30_000)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


class Process:
    """A program under its own process group, with what it wrote."""

    def __init__(self, popen: subprocess.Popen[bytes], output: Path, port: int) -> None:
        self.popen = popen
        self.output = output
        self.port = port

    @property
    def log(self) -> str:
        return self.output.read_text()

    def get(self, path: str, **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Host": "localhost"} | {k.replace("_", "-"): v for k, v in headers.items()}
        connection.request("GET", path, headers=sent)
        response = connection.getresponse()
        answer = Answer(
            response.status, dict(response.getheaders()), response.read().decode(errors="replace")
        )
        connection.close()
        return answer

    def status(self, path: str) -> int | None:
        """The status of an answer, or None while nothing answers."""
        try:
            return self.get(path).status
        except (OSError, HTTPException):
            return None

    def stop(self) -> int:
        """End it as a host does, with SIGTERM; return its exit status."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout=30)


def environment(**changes: str) -> dict[str, str]:
    """The machine's environment without what tests set for themselves, and with changes."""
    # django-heroku takes CI for Heroku's own.
    ours = {*TEST_ENVIRONMENT, "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "CI"}
    machine = {name: value for name, value in os.environ.items() if name not in ours}
    return {**machine, "ENV_FILE": "", "PYTHONUNBUFFERED": "1", **changes}


def program(name: str) -> str:
    return sys.executable if name == "python" else str(Path(sys.executable).parent / name)


def run(*command: str, code: str = ROOT, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the virtualenv to its end, in the project's folder or with other code."""
    return subprocess.run(
        [program(command[0]), *command[1:]],
        cwd=code,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=600,
    )


def free_port() -> int:
    """Find a port that nobody else takes before a server listens on it.

    It is none of those that the system gives to connections and to servers that leave it the
    choice; so another test's server answered in its place, once in some hundreds of runs.
    """
    while True:
        port = choice(PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def running(
    *command: str, code: str = ROOT, machine: str = "", **changes: str
) -> Iterator[Process]:
    """Run a program of the virtualenv until the block ends; `{port}` becomes a free port.

    `machine` is the name of a network namespace to run it in.
    """
    port = free_port()
    there = ("ip", "netns", "exec", machine) if machine else ()
    arguments = [part.replace("{port}", str(port)) for part in command[1:]]
    with tempfile.NamedTemporaryFile(suffix=".log") as output:
        popen = subprocess.Popen(
            [*there, program(command[0]), *arguments],
            cwd=code,
            env=environment(**{"PORT": str(port), **changes}),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Process(popen, Path(output.name), port)
        finally:
            # The whole group: a server's children must not outlive the test.
            if popen.poll() is None:
                os.killpg(popen.pid, signal.SIGKILL)
            popen.wait()


def wait_until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Poll until `condition()` is true; fail when it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not become true in time."
        time.sleep(0.05)
