"""A copy of the last commit in which faults are tried, with a PostgreSQL of its own."""

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from tests.environment import TEST_ENVIRONMENT, database_url, start_postgresql
from tests.torture.mutants.fault import Fault

ROOT = Path(__file__).parent.parent.parent.parent
# A test that failed, or whose preparations did, in pytest's summary.
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+::.+?)(?: - .*)?$", re.MULTILINE)
ALL_PASSED, SOME_FAILED = 0, 1
MINUTES = 15
# On a machine with much else to do, a test may fail that should not.
TRIES = 3


class DoesNotRunError(Exception):
    """The tests could not even be started, which says nothing about them."""


class Scratch:
    """A copy, and what its tests find in their environment beside this process's own.

    MIGRATED names a database of which each run of tests makes its own, see `conftest.py`.
    """

    # Of all copies: what has been seen to pass without any fault.
    checked: ClassVar[set[tuple[str, ...]]] = set()

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = environment

    @contextmanager
    def having(self, fault: Fault) -> Iterator[None]:
        """Put a fault in for the block, then the good text back."""
        good = {edit.file: (self.folder / edit.file).read_text() for edit in fault.edits}
        usual = self.environment
        if any("/migrations/" in edit.file for edit in fault.edits):
            self.environment = {**usual, "MIGRATED": ""}
        for edit in fault.edits:
            if not edit.fits(self.folder):
                raise DoesNotRunError(f"{fault.name}: its text is not once in {edit.file}")
            edit.make(self.folder)
        try:
            yield
        finally:
            self.environment = usual
            for file, text in good.items():
                (self.folder / file).write_text(text)

    def first_failure(self, *arguments: str) -> str:
        """Run pytest here until a test fails, and return its name; empty when all pass."""
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *arguments],
            cwd=self.folder,
            # Without compiled files: those know a text by its second and size, which is too little.
            env={**os.environ, **self.environment, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=60 * MINUTES,
        )
        if done.returncode == ALL_PASSED:
            return ""
        if done.returncode != SOME_FAILED or not (found := FAILED.search(done.stdout)):
            raise DoesNotRunError(done.stdout + done.stderr)
        return found[1]

    def check_control(self, *arguments: str) -> None:
        """See once that these tests pass when there is no fault, or raise DoesNotRunError."""
        if arguments in self.checked:
            return
        if all(self.first_failure(*arguments) for _ in range(TRIES)):
            raise DoesNotRunError(f"Without any fault, pytest {' '.join(arguments)} fails, too")
        self.checked.add(arguments)

    def check_controls(self, all_arguments: Iterable[tuple[str, ...]]) -> None:
        """The same of many at once: if they all pass together, nobody has to ask one by one."""
        every = list(all_arguments)
        if not self.first_failure(*sorted({test for arguments in every for test in arguments})):
            self.checked.update(every)


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Only what is committed: others may be changing files meanwhile."""
    commit = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    server = start_postgresql()
    server.psql("CREATE DATABASE migrated")
    try:
        with TemporaryDirectory(prefix="repairshop-mutants-") as folder:
            with tarfile.open(fileobj=BytesIO(commit.stdout)) as files:
                files.extractall(folder, filter="data")
            migrate(folder, database_url(server, "migrated"))
            yield Scratch(
                Path(folder), DATABASE_URL=database_url(server, "repairshop"), MIGRATED="migrated"
            )
    finally:
        server.cleanup()


def migrate(folder: str, database: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=folder,
        env={**os.environ, **TEST_ENVIRONMENT, "DATABASE_URL": database},
        check=True,
    )
