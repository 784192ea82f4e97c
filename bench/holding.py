"""How long holding a piece takes, alone and in a crowd, against the bare UPDATE."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from threading import Barrier
from time import perf_counter

from bench.things import PLENTY
from tests.processes import Process
from tests.visitor import Visitor

BUYERS = 50
ROUNDS = 14
ALONE = 400


def taking_against_bare(process: Process) -> Iterator[str]:
    """Milliseconds of a take at p50 and p99, and their ratio to the bare UPDATE's.

    Both in turns: alone, one visitor after the other takes things of their own; in a
    crowd, 50 visitors at once take pieces of one item, or update one and the same row.
    """
    numbers = iter(range(PLENTY + 1, PLENTY + 1 + ALONE))
    alone = [
        (press(person, f"/bag/add/{number}/"), press(person, f"/bare/update/{number}/"))
        for number in numbers
        for person in [newcomer(process)]
    ]
    yield line("alone", *zip(*alone, strict=True))
    crowds = [
        (
            in_a_crowd(process, f"/bag/add/{number}/"),
            in_a_crowd(process, f"/bare/update/{number}/"),
        )
        for number in range(1, ROUNDS + 1)
    ]
    ours, bare = ([time for crowd in side for time in crowd] for side in zip(*crowds, strict=True))
    yield line(f"{BUYERS} buyers, one item", ours, bare)


def newcomer(process: Process) -> Visitor:
    person = Visitor(process.port)
    person.get("/accounts/login/")
    return person


def press(person: Visitor, path: str) -> float:
    """Milliseconds from the click to the answer."""
    started = perf_counter()
    person.post(path)
    return 1000 * (perf_counter() - started)


def in_a_crowd(process: Process, path: str) -> list[float]:
    people = [newcomer(process) for _ in range(BUYERS)]
    start = Barrier(BUYERS)

    def go(person: Visitor) -> float:
        start.wait()
        return press(person, path)

    with ThreadPoolExecutor(BUYERS) as threads:
        return list(threads.map(go, people))


def line(name: str, ours: Sequence[float], bare: Sequence[float]) -> str:
    parts = []
    for label, percent in (("p50", 50), ("p99", 99)):
        mine, theirs = (quantiles(side, n=100)[percent - 1] for side in (ours, bare))
        parts.append(f"{label} {mine:.1f} ms to {theirs:.1f} ms = {mine / theirs:.2f}")
    return f"taking a piece to a bare UPDATE, {name}: {', '.join(parts)}"
