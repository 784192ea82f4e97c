import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from queue import SimpleQueue
from time import perf_counter
from typing import NamedTuple

from tests.torture.mutants.fault import Fault
from tests.torture.mutants.faults import FAULTS
from tests.torture.mutants.scratch import DoesNotRunError, Scratch, scratch

# Not the test that each fault still fits, which it does not where it has been put in.
THE_REST = ("-m", "not browser", "--ignore=tests/test_mutants.py")


class Found(NamedTuple):
    fault: Fault
    caught_by: str

    def __str__(self) -> str:
        return f"{self.fault.name:44} {self.caught_by or 'MISSED'}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture.mutants")
    parser.add_argument("--only", help="names of faults, with commas between them")
    parser.add_argument("--jobs", type=int, default=2, help="how many to try at the same time")
    parser.add_argument(
        "--likely", action="store_true", help="run only the tests that look most likely"
    )
    return parser.parse_args()


def chosen(only: str | None) -> list[Fault]:
    names = [fault.name for fault in FAULTS]
    wanted = only.split(",") if only else names
    if unknown := {*wanted} - {*names}:
        sys.exit(f"There is no {', '.join(sorted(unknown))}.")
    return [fault for fault in FAULTS if fault.name in wanted]


def hunt(fault: Fault, copies: "SimpleQueue[Scratch]", rest: tuple[str, ...]) -> Found:
    copy = copies.get()
    try:
        found = Found(fault, caught_by(copy, fault, rest))
    finally:
        copies.put(copy)
    print(f"  {found}", flush=True)
    return found


def caught_by(copy: Scratch, fault: Fault, rest: tuple[str, ...]) -> str:
    """The first test that fails because of a fault; empty when none does."""
    for tests in filter(None, (fault.tests, rest)):
        with copy.having(fault):
            failed = copy.first_failure(*tests)
        if failed:
            copy.check_control(*tests)
            return failed
    return ""


def main() -> None:
    given = arguments()
    faults = chosen(given.only)
    started = perf_counter()
    copies: SimpleQueue[Scratch] = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(given.jobs):
            copies.put(copy := stack.enter_context(scratch()))
        copy.check_controls(fault.tests for fault in faults)
        rest = () if given.likely else THE_REST
        with ThreadPoolExecutor(given.jobs) as crew:
            found = list(crew.map(partial(hunt, copies=copies, rest=rest), faults))
    report(found, perf_counter() - started)
    sys.exit(not all(one.caught_by for one in found))


def report(found: list[Found], seconds: float) -> None:
    for promise in dict.fromkeys(one.fault.promise for one in found):
        print(f"\n{promise}")
        for one in found:
            if one.fault.promise == promise:
                print(f"  {one}")
    caught = sum(bool(one.caught_by) for one in found)
    print(f"\n{caught} of {len(found)} faults caught in {seconds / 60:.0f} minutes")


if __name__ == "__main__":
    try:
        main()
    except DoesNotRunError as problem:
        sys.exit(str(problem))
