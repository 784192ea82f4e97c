"""Play rows and print what was found."""

from collections.abc import Iterable, Iterator
from time import perf_counter

from tests.torture import invariants
from tests.torture.rows import Row
from tests.torture.run import Result, Run


def play(row: Row, run: Run) -> list[Result]:
    """Play a row, check the invariants before its controls, and print each result at once."""
    print(f"\n{row.name}: {run.rounds:,} rounds, seed {run.seed}", flush=True)
    started = perf_counter()
    results = []
    for result in with_invariants(row.play(run)):
        run.say(line(result))
        results.append(result)
    invariants.clear()
    run.say(f"{perf_counter() - started:.0f} s")
    return results


def with_invariants(found: Iterable[Result]) -> Iterator[Result]:
    for result in found:
        yield result
        if not result.control:
            yield from invariants.check()


def line(result: Result) -> str:
    name = f"{result.promise}{', control' if result.control else ''}"
    return f"{name:52} {result.verdict:17} {result.figure}"


def table(played: Iterable[tuple[Row, list[Result]]]) -> str:
    """Promise, held or broken, figure; the invariants of all rows together below them."""
    lines = [f"{row.name:6} {line(result)}" for row, results in played for result in results]
    return "\n".join(lines)
