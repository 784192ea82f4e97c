"""One module's session of Cosmic Ray: which mutants there are, and what became of each."""

import hashlib
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.mutation.modules import Module
from tests.mutation.zygote import NOTHING_NEW

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = ROOT / ".cache/mutation"
COSMIC_RAY = ROOT / ".cache/cosmic-ray/bin/python"
# A copy of the working tree: Cosmic Ray writes its mutants over the files.
TREE = CACHE / "tree"
# Of the clock. The zygote counts processor time, which is less on a busy machine.
SECONDS = 1800
# The test that failed, in pytest's summary.
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+::\S+)", re.MULTILINE)

CONFIGURATION = """
[cosmic-ray]
module-path = "{path}"
timeout = {seconds}
excluded-modules = []
test-command = '''{command}'''

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = ['core/Replace\\w+Operator_(?!({exchanges})$)']
"""
# Of the dozen ways to exchange an operator most raise in the first test. These do not.
EXCHANGES = (
    *("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_Mul"),
    *("BitOr_BitAnd", "BitAnd_BitOr", "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"),
    *("Delete_Not", "Delete_USub", "Delete_Invert"),
)


class Result(NamedTuple):
    operator: str
    line: int
    outcome: str
    diff: str


class Session:
    def __init__(self, module: Module) -> None:
        self.module = module
        self.file = CACHE / f"{module.name}.sqlite3"
        self.stamp = self.file.with_suffix(".stamp")
        self.configuration = self.file.with_suffix(".toml")

    def prepare(self, command: str) -> None:
        """Choose the mutants anew when there are none, or the module has changed since."""
        self.configuration.write_text(
            CONFIGURATION.format(
                path=self.module.path,
                seconds=SECONDS,
                command=command,
                exchanges="|".join(EXCHANGES),
            )
        )
        now = self.version()
        if self.file.exists() and self.stamp.exists() and self.stamp.read_text() == now:
            return
        self.cosmic_ray("init", self.configuration, self.file, "--force")
        self.cosmic_ray("filter", self.file, self.configuration)
        self.stamp.write_text(now)

    def version(self) -> str:
        """Of the module's text and of what is done to it."""
        sources = (TREE / self.module.path, HERE / "operators.py")
        texts = [*(source.read_bytes() for source in sources), repr(EXCHANGES).encode()]
        return hashlib.sha256(b"".join(texts)).hexdigest()

    def check_control(self) -> None:
        """See that the tests pass when nothing is mutated; else they would prove nothing."""
        self.cosmic_ray("baseline", self.configuration)

    def hunt(self) -> None:
        """Try the mutants that have not been tried."""
        self.cosmic_ray("exec", self.configuration, self.file)

    def forget_survivors(self) -> None:
        """So that tests that were written since are tried on them, too."""
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute("DELETE FROM work_results WHERE test_outcome = 'SURVIVED'")

    def results(self) -> Iterator[Result]:
        if not self.file.exists():
            return
        query = (
            "SELECT operator_name, start_pos_row, worker_outcome, test_outcome, output, diff "
            "FROM mutation_specs LEFT JOIN work_results USING (job_id) "
            "WHERE worker_outcome IS NOT 'SKIPPED' ORDER BY start_pos_row, start_pos_col"
        )
        with closing(sqlite3.connect(self.file)) as database:
            for operator, line, worker, test, output, diff in database.execute(query):
                outcome = outcome_of(worker, test, output or "")
                if outcome != NOTHING_NEW:
                    yield Result(operator, line, outcome, diff or "")

    def cosmic_ray(self, *arguments: object) -> None:
        tool = [str(COSMIC_RAY), "-m", "tests.mutation.cosmic"]
        subprocess.run([*tool, *map(str, arguments)], cwd=TREE, check=True)


def outcome_of(worker: str | None, test: str | None, output: str) -> str:
    """What became of a mutant. One that no test could even be started with proves nothing."""
    if worker is None:
        return "to do"
    if test == "SURVIVED":
        return "survived"
    if output in {"timeout", NOTHING_NEW}:
        return output
    return "caught" if FAILED.search(output) else "does not run"
