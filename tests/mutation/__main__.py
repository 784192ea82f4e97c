"""Mutation testing: `make mutation`, resumable, a few hours for everything.

Cosmic Ray changes one thing at a time in a copy of the working tree, and the tests of that
module (see `modules.py`) have to fail. What it has tried is kept in .cache/mutation. Names of
modules, such as bag.services, choose; --again tries the survivors once more, each in a process
of its own, --report tries nothing, --survivors shows them.
"""

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from filecmp import cmp
from tempfile import TemporaryDirectory

from tests.environment import TEST_ENVIRONMENT, database_url, start_postgresql
from tests.mutation.modules import MODULES, Module
from tests.mutation.session import CACHE, ROOT, TREE, Session
from tests.mutation.zygote import READY

OUTCOMES = ("caught", "survived", "timeout", "does not run", "to do")
PYTEST = ("-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-migrations")
SQLITE = ("--reuse-db", "-m", "not postgresql")
MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity=0"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("modules", nargs="*", metavar="module", help="all, when none is named")
    parser.add_argument("--again", action="store_true", help="try the survivors once more")
    parser.add_argument("--report", action="store_true", help="try nothing, only print the table")
    parser.add_argument("--survivors", action="store_true", help="print what survived as well")
    return parser.parse_args()


def chosen(names: list[str]) -> list[Module]:
    if unknown := {*names} - {module.name for module in MODULES}:
        sys.exit(f"Not among the mutated modules: {', '.join(sorted(unknown))}")
    return [module for module in MODULES if not names or module.name in names]


def copy_tree() -> None:
    """Bring the copy in line with the working tree, also where a run was interrupted."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    names = done.stdout.splitlines()
    for gone in {*TREE.rglob("*.py")} - {TREE / name for name in names}:
        gone.unlink()
    for name in names:
        source, copy = ROOT / name, TREE / name
        if source.is_file() and not (copy.exists() and cmp(source, copy, shallow=False)):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)


@contextmanager
def databases(modules: list[Module]) -> Iterator[dict[str, dict[str, str]]]:
    """What leads tests to databases that are migrated already."""
    file = CACHE / "migrated.sqlite3"
    file.unlink(missing_ok=True)
    migrate(f"sqlite:///{file}")
    sqlite = {"MIGRATED": str(file), "DATABASE_URL": "sqlite://"}
    if not any(module.locks for module in modules):
        yield {"sqlite": sqlite}
        return
    server = start_postgresql()
    try:
        server.psql("CREATE DATABASE migrated")
        migrate(database_url(server, "migrated"))
        url = database_url(server, "repairshop")
        yield {"sqlite": sqlite, "postgresql": {"MIGRATED": "migrated", "DATABASE_URL": url}}
    finally:
        server.cleanup()


def migrate(url: str) -> None:
    environment = {**os.environ, **TEST_ENVIRONMENT, "DATABASE_URL": url}
    subprocess.run(MIGRATE, cwd=TREE, env=environment, check=True)


@contextmanager
def zygote(module: Module, environment: dict[str, str]) -> Iterator[str]:
    """The command that lets a running zygote try its tests."""
    with TemporaryDirectory() as folder:
        address = f"{folder}/socket"
        starting = [sys.executable, "-m", "tests.mutation.zygote", address, module.path, *PYTEST]
        process = subprocess.Popen(
            [*starting, *SQLITE, *module.tests],
            cwd=TREE,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout
            if READY not in (line.strip() for line in process.stdout):
                sys.exit(f"The tests of {module.path} cannot be collected.")
            yield f"{sys.executable} -S -E tests/mutation/ask.py {address}"
        finally:
            process.kill()
            process.wait()


def by_itself(tests: tuple[str, ...], environment: dict[str, str], *options: str) -> str:
    """The command that runs tests in a process of their own."""
    variables = [f"{name}={value}" for name, value in environment.items()]
    return shlex.join([*variables, sys.executable, "-m", "pytest", *PYTEST, *options, *tests])


def hunt(module: Module, environments: dict[str, dict[str, str]], *, again: bool) -> None:
    print(f"{module.path} …", flush=True)
    session = Session(module)
    with ExitStack() as stack:
        sqlite = environments["sqlite"]
        if again:
            commands = [by_itself(module.tests, sqlite, *SQLITE)]
        else:
            commands = [stack.enter_context(zygote(module, sqlite))]
        if module.locks:
            commands.append(by_itself(module.locks, environments["postgresql"]))
        session.prepare(f'sh -c "{" && ".join(commands)}"')
        if again:
            session.forget_survivors()
        session.check_control()
        session.hunt()


def report(modules: list[Module], *, survivors: bool) -> None:
    print("| module | mutants | caught | survived | too slow | do not run | to do | score |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    everything: Counter[str] = Counter()
    for module in modules:
        results = list(Session(module).results())
        counts = Counter(result.outcome for result in results)
        everything += counts
        print(row(f"`{module.path}`", counts))
        for result in results:
            if survivors and result.outcome == "survived":
                print(f"\n{module.path}:{result.line} {result.operator}\n{result.diff}\n")
    print(row("**all**", everything))


def row(name: str, counts: Counter[str]) -> str:
    """Those that do not run are no mutants of a program, and count neither way."""
    tried = counts["caught"] + counts["survived"] + counts["timeout"]
    score = f"{(tried - counts['survived']) / tried:.0%}" if tried else "–"
    cells = [name, counts.total(), *(counts[outcome] for outcome in OUTCOMES), score]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    given = arguments()
    modules = chosen(given.modules)
    if not given.report:
        os.nice(19)
        # Let whoever ends this end what it started, too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        CACHE.mkdir(parents=True, exist_ok=True)
        copy_tree()
        with databases(modules) as environments:
            for module in modules:
                hunt(module, environments, again=given.again)
    report(modules, survivors=given.survivors)


if __name__ == "__main__":
    main()
