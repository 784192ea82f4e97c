import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from threading import Barrier, Event
from time import monotonic

import pytest

from outside.bulkhead import CALLS_AT_ONCE, SLOW_SECONDS, Bulkhead, Unavailable

word: ContextVar[str] = ContextVar("word", default="nothing")


@contextmanager
def hanging(bulkhead: Bulkhead, calls: int) -> Iterator[None]:
    """So many calls that do not end before the block does."""
    begun, end = Barrier(calls + 1), Event()

    def hang() -> None:
        begun.wait(timeout=10)
        end.wait(timeout=60)

    with ThreadPoolExecutor(calls) as callers:
        answers = [callers.submit(bulkhead.run, hang) for _ in range(calls)]
        begun.wait(timeout=10)
        try:
            yield
        finally:
            end.set()
    for answer in answers:
        answer.exception(timeout=10)


def seconds_to_refuse(bulkhead: Bulkhead, call: Callable[[], object] = int) -> float:
    begun = monotonic()
    with pytest.raises(Unavailable):
        bulkhead.run(call)
    return monotonic() - begun


def test_what_a_call_returns_or_raises_comes_back_with_the_callers_context() -> None:
    bulkhead = Bulkhead("S3", threads=1, seconds=5)
    word.set("said")

    assert bulkhead.run(word.get) == "said"
    with pytest.raises(ZeroDivisionError):
        bulkhead.run(lambda: 1 // 0)


def test_quick_calls_wait_for_each_other() -> None:
    bulkhead = Bulkhead("S3", threads=2, seconds=5)
    with ThreadPoolExecutor(20) as callers:
        assert sum(callers.map(lambda number: bulkhead.run(lambda: number), range(100))) == 4950
    assert bulkhead.started <= 2


def test_a_service_that_hangs_is_soon_refused() -> None:
    bulkhead = Bulkhead("S3", threads=2, seconds=20)
    with hanging(bulkhead, 2):
        assert seconds_to_refuse(bulkhead) < SLOW_SECONDS + 1
        # By now it is known to be slow.
        assert seconds_to_refuse(bulkhead) < 0.5
    assert bulkhead.run(lambda: "well again") == "well again"


def test_one_that_hangs_leaves_room_for_the_others() -> None:
    hangs, well = (Bulkhead(name, threads=2, seconds=20) for name in ("S3", "Stripe"))
    with hanging(hangs, 2):
        assert well.run(lambda: "well") == "well"


def test_when_all_hang_a_thread_is_left_for_visitors() -> None:
    services = [Bulkhead(name, threads=1, seconds=20) for name in "abc"]
    with ExitStack() as stack:
        for service in services[:CALLS_AT_ONCE]:
            stack.enter_context(hanging(service, 1))
        seconds_to_refuse(Bulkhead("another", threads=2, seconds=20))


def test_nobody_waits_longer_than_the_time_of_a_call() -> None:
    bulkhead = Bulkhead("S3", threads=1, seconds=0.2)
    end = Event()
    try:
        assert seconds_to_refuse(bulkhead, lambda: end.wait(60)) < 2
    finally:
        end.set()


def test_after_a_call_without_end_no_other_is_made_for_a_while() -> None:
    bulkhead = Bulkhead("S3", threads=2, seconds=0.2, rest=60)
    end = Event()
    try:
        seconds_to_refuse(bulkhead, lambda: end.wait(60))
        assert seconds_to_refuse(bulkhead) < 0.2
    finally:
        end.set()


def test_an_answer_that_was_slow_as_well_ends_no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or whoever waited for one that failed waits as long again for its second try."""
    monkeypatch.setattr("outside.bulkhead.SLOW_SECONDS", 0)
    bulkhead = Bulkhead("Stripe", threads=2, seconds=20, rest=60)
    with hanging(bulkhead, 1), pytest.raises(ZeroDivisionError):
        bulkhead.run(lambda: 1 // 0)

    assert seconds_to_refuse(bulkhead) < 1


def test_a_quick_answer_ends_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    bulkhead = Bulkhead("Stripe", threads=2, seconds=20, rest=60)
    with hanging(bulkhead, 1):
        with monkeypatch.context() as patch:
            patch.setattr("outside.bulkhead.SLOW_SECONDS", 0)
            with pytest.raises(ZeroDivisionError):
                bulkhead.run(lambda: 1 // 0)
        assert seconds_to_refuse(bulkhead) < 1

    assert bulkhead.run(lambda: "well again") == "well again"


def test_a_call_may_make_another_one() -> None:
    bulkhead = Bulkhead("S3", threads=1, seconds=5)
    assert bulkhead.run(lambda: bulkhead.run(lambda: "inner")) == "inner"


def test_a_fork_has_threads_of_its_own() -> None:
    bulkhead = Bulkhead("S3", threads=1, seconds=5)
    with hanging(bulkhead, 1):
        child = os.fork()
        if not child:
            try:
                os._exit(bulkhead.run(lambda: 42))
            finally:
                os._exit(1)
        _, ended = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(ended) == 42
