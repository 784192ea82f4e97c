"""A copy of the last commit in which faults are tried, with a PostgreSQL of its own."""

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.environment import database_url, start_postgresql
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
    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.database = database
        self.checked: set[tuple[str, ...]] = set()

    @contextmanager
    def having(self, fault: Fault) -> Iterator[None]:
        """Put a fault in for the block, then the good text back."""
        good = {edit.file: (self.folder / edit.file).read_text() for edit in fault.edits}
        for edit in fault.edits:
            if not edit.fits(self.folder):
                raise DoesNotRunError(f"{fault.name}: its text is not once in {edit.file}")
            edit.make(self.folder)
        try:
            yield
        finally:
            for file, text in good.items():
                (self.folder / file).write_text(text)

    def first_failure(self, *arguments: str) -> str:
        """Run pytest here until a test fails, and return its name; empty when all pass."""
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *arguments],
            cwd=self.folder,
            # Without compiled files: those know a text by its second and size, which is too little.
            env={**os.environ, "DATABASE_URL": self.database, "PYTHONDONTWRITEBYTECODE": "1"},
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


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Only what is committed: others may be changing files meanwhile."""
    commit = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    server = start_postgresql()
    try:
        with TemporaryDirectory(prefix="repairshop-mutants-") as folder:
            with tarfile.open(fileobj=BytesIO(commit.stdout)) as files:
                files.extractall(folder, filter="data")
            yield Scratch(Path(folder), database_url(server, "repairshop"))
    finally:
        server.cleanup()
