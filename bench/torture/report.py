"""Play rows and print what was found."""

from collections.abc import Iterable
from time import perf_counter

from bench.torture import invariants
from bench.torture.rows import Row
from bench.torture.run import Result, Run


def play(row: Row, run: Run) -> list[Result]:
    """Play a row and check the invariants after it; print each result when it is there."""
    print(f"\n{row.name}: {run.rounds:,} rounds, seed {run.seed}", flush=True)
    started = perf_counter()
    results = []
    for found in (row.play(run), invariants.check()):
        for result in found:
            run.say(line(result))
            results.append(result)
    run.say(f"{perf_counter() - started:.0f} s")
    return results


def line(result: Result) -> str:
    name = f"{result.promise}{', control' if result.control else ''}"
    return f"{name:52} {result.verdict:17} {result.figure}"


def table(played: Iterable[tuple[Row, list[Result]]]) -> str:
    """Promise, held or broken, figure; the invariants of all rows together below them."""
    lines = [f"{row.name:6} {line(result)}" for row, results in played for result in results]
    return "\n".join(lines)
