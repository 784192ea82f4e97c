"""Play rows and print what was found."""

import traceback
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

from store.tests.factories import set_up_shop
from tests.torture import invariants
from tests.torture.rows import Row
from tests.torture.run import Result, Run

TESTS = Path(__file__).parent.parent


def play_all(runs: Iterable[tuple[Row, Run]]) -> bool:
    """Play every row and print the table, whatever happens; return whether all is good."""
    played: list[tuple[Row, list[Result]]] = []
    try:
        for row, run in runs:
            results: list[Result] = []
            played.append((row, results))
            play(row, run, results)
    finally:
        print(f"\n{table(played)}", flush=True)
    return all(result.good for _, results in played for result in results)


def play(row: Row, run: Run, results: list[Result]) -> None:
    """Play a row, check the invariants before its controls, and tell each result at once.

    A row that cannot go on ends with a result that says so. It is neither held nor broken.
    """
    print(f"\n{row.name}: {run.rounds:,} rounds, seed {run.seed}", flush=True)
    started = perf_counter()
    for step in (partial(hear_all, run, row, results), invariants.clear):
        try:
            step()
        except Exception as failure:
            traceback.print_exc()
            hear(run, results, unplayed(row, failure))
    run.say(f"{row.name}: {perf_counter() - started:.0f} s")


def hear_all(run: Run, row: Row, results: list[Result]) -> None:
    set_up_shop()
    found = row.play(run)
    try:
        for result in with_invariants(found):
            hear(run, results, result)
    finally:
        # No shop of a row may outlive it.
        if isinstance(found, Generator):
            found.close()


def hear(run: Run, results: list[Result], result: Result) -> None:
    run.say(line(result))
    results.append(result)


def unplayed(row: Row, failure: Exception) -> Result:
    """What the harness has to say of itself: where of its own files it stopped, and why."""
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(TESTS)]
    words = " ".join(str(failure).split())
    figure = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}: {type(failure).__name__}: {words}"
    return Result(f"The harness, in {row.name}", figure, held=False, played=False)


def with_invariants(found: Iterable[Result]) -> Iterator[Result]:
    for result in found:
        yield result
        if not result.control:
            yield from invariants.check()


def line(result: Result) -> str:
    name = f"{result.promise}{', control' if result.control else ''}"
    return f"{name:52} {result.verdict:17} {result.figure}"


def table(played: Iterable[tuple[Row, list[Result]]]) -> str:
    """Promise, held or broken, figure; the invariants that held in all rows together below them."""
    found = [(row.name, result) for row, results in played for result in results]
    asked = Counter(result.promise for _, result in found if result.good)
    lines = [
        f"{name:6} {line(result)}"
        for name, result in found
        if result.promise not in invariants.PROMISES or not result.good
    ]
    held = [
        f"{'all':6} {line(Result(promise, f'asked {asked[promise]} times', held=True))}"
        for promise in invariants.PROMISES
        if asked[promise]
    ]
    return "\n".join(lines + held)
