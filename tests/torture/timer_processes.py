"""Row 8: in which processes the timer is, and what connections recycled workers leave."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.deployed import workers
from tests.environment import TEST_ENVIRONMENT
from tests.processes import MANAGE, Process, running, wait_until
from tests.processes import run as run_program
from tests.torture.run import PRODUCTION, Result, Run
from tests.torture.shop import number

PROMISE = "8 The timer is where it belongs"
WITNESS = Path(__file__).parent / "witness"
SYNC = ("--worker-class", "sync")
GUNICORNS: list[tuple[str, ...]] = [(), ("--preload",), SYNC, (*SYNC, "--preload")]
RUNSERVERS = [(), ("--noreload",)]
COMMANDS = [("migrate",), ("check",), ("shell", "-c", "pass"), ("test", "tests.torture")]
THREADS = 4
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity"


class Witness:
    """Which timers run, as every process notes it down itself."""

    def __init__(self, run: Run, folder: str) -> None:
        self.file = Path(folder, "timers")
        self.file.touch()
        path = os.pathsep.join([str(WITNESS), os.environ.get("PYTHONPATH", "")])
        shop = {"DATABASE_URL": run.database, "WEB_CONCURRENCY": "2", "TIMER_SECONDS": "1"}
        notes = {"PYTHONPATH": path, "WITNESS": str(self.file)}
        self.environment = {**TEST_ENVIRONMENT, **PRODUCTION, **shop, **notes}

    @property
    def lines(self) -> list[str]:
        return self.file.read_text().split()

    @property
    def timers(self) -> Counter[int]:
        """How many timers run now in which process, of those that have not been killed."""
        signs = {"+": 1, "-": -1}
        found: Counter[int] = Counter()
        for line in self.lines:
            found[int(line[1:])] += signs[line[0]]
        return +found


def play(run: Run) -> Iterator[Result]:
    wrong = [name for name, good in places(run) if not good]
    where = len(GUNICORNS) + len(RUNSERVERS) + len(COMMANDS)
    yield Result(PROMISE, f"{where} ways to start it; wrong: {wrong or 'none'}", not wrong)
    yield recycled(run)
    started = timers_of_command(run, ("migrate",), DJANGO_SETTINGS_MODULE="tests.torture.eager")
    yield Result(PROMISE, f"ready() starts {started} in migrate", started == 0, control=True)


def places(run: Run) -> Iterator[tuple[str, bool]]:
    for options in GUNICORNS:
        yield " ".join(["gunicorn", *options]), right_in_gunicorn(run, options)
    for options in RUNSERVERS:
        yield " ".join(["runserver", *options]), right_in_runserver(run, options)
    for command in COMMANDS:
        yield command[0], timers_of_command(run, command) == 0


def right_in_gunicorn(run: Run, options: Sequence[str]) -> bool:
    """One in each of two workers, and none in the master any more."""
    with TemporaryDirectory() as folder:
        witness = Witness(run, folder)
        with running("gunicorn", "repairshop.wsgi", *options, **witness.environment) as site:
            wait_until(lambda: site.status("/healthz") == 200 and len(workers(site)) == 2)
            return settled(site, witness)


def right_in_runserver(run: Run, options: Sequence[str]) -> bool:
    with TemporaryDirectory() as folder:
        witness = Witness(run, folder)
        command = (*MANAGE, "runserver", "127.0.0.1:{port}", *options)
        with running(*command, **witness.environment) as site:
            wait_until(lambda: site.status("/healthz") == 200)
            return witness.timers.total() == len(witness.lines) == 1


def timers_of_command(run: Run, command: Sequence[str], **changes: str) -> int:
    """How many timers a command has ever started."""
    with TemporaryDirectory() as folder:
        witness = Witness(run, folder)
        done = run_program(*MANAGE, *command, **{**witness.environment, **changes})
        assert done.returncode in {0, 5}, done.stdout + done.stderr
        return len([line for line in witness.lines if line[0] == "+"])


def recycled(run: Run) -> Result:
    """Answer so many requests by workers that end after a few of them."""
    # Whatever else this process has done may still hold some.
    others = number(CONNECTIONS)
    with TemporaryDirectory() as folder:
        witness = Witness(run, folder)
        options = ("--max-requests=7", "--max-requests-jitter=0")
        with running("gunicorn", "repairshop.wsgi", *options, **witness.environment) as site:
            wait_until(lambda: site.status("/healthz") == 200)
            answered = sum(site.status("/store/") == 200 for _ in run.counted())
            good = settled(site, witness)
            connections, most = number(CONNECTIONS) - others, 2 * (THREADS + 1)
        ended = len({line for line in witness.lines if line[0] == "+"}) - 2
    figure = (
        f"{answered} of {run.rounds} requests answered while {ended} workers were recycled; "
        f"{connections} connections (≤ {most}), timers {'right' if good else 'WRONG'}"
    )
    held = good and connections <= most and answered == run.rounds and ended > 0
    return Result(PROMISE, figure, held)


def settled(site: Process, witness: Witness) -> bool:
    """Whether each worker that is there in the end has one timer, and none is elsewhere."""
    try:
        wait_until(lambda: len(workers(site)) == 2 and witness.timers == Counter(workers(site)))
    except AssertionError:
        return False
    return True
