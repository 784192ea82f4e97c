"""Calls to services outside the shop, such as S3 and Stripe: each ends in time, few at once.

A web process has a few threads for its visitors. Without this, as many calls to a service that
hangs are the end of all pages, the health check included.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from math import inf
from queue import SimpleQueue
from time import monotonic
from typing import Any, TypeVar

Result = TypeVar("Result")

# As many as `gunicorn.conf.py` gives to visitors.
VISITOR_THREADS = int(os.environ.get("WEB_THREADS", "4"))
# Of all services together.
CALLS_AT_ONCE = max(1, VISITOR_THREADS - 1)
# A service that has not answered by then is not waited for by more than its own threads.
SLOW_SECONDS = 1.0
changed = threading.Condition()


def forget_who_waits() -> None:
    """In a fork nobody does, and nobody would end what another thread had begun."""
    global changed
    changed = threading.Condition()


os.register_at_fork(after_in_child=forget_who_waits)


class Unavailable(OSError):
    """A service does not answer, answers too late, or keeps as many threads as it may already."""


class Bulkhead:
    """Lets a service take a few threads of its own, and nobody wait for it longer than `seconds`.

    The pattern has its name from ships: one room that is full sinks none of the others. The
    threads are its own for what no time-out is for, such as a name that is not resolved or an
    answer that comes byte by byte; and they keep their connections.

    After a call that failed late, `rest` is for how many seconds no other is made: whoever makes
    many in a row would wait for each. Only a quick answer ends it sooner.
    """

    # When the calls of all services began that have not ended yet.
    begun: dict[object, float] = {}
    # So many may wait for a place: each keeps a thread meanwhile.
    most_waiting = inf

    def __init__(self, name: str, *, threads: int, seconds: float, rest: float = 0) -> None:
        self.name, self.threads, self.seconds, self.rest = name, threads, seconds, rest
        self.begin()
        os.register_at_fork(after_in_child=self.begin_anew)

    def begin_anew(self) -> None:
        """None of the threads comes along into a fork, such as a worker of `gunicorn --preload`."""
        self.begun.clear()
        self.begin()

    def begin(self) -> None:
        self.own: set[object] = set()
        self.started = self.waiting = 0
        self.was_quick = True
        self.rests_until = 0.0
        self.calls: SimpleQueue[tuple[object, Context, Callable[[], Any], Future]] = SimpleQueue()
        self.here = threading.local()

    def run(self, call: Callable[[], Result]) -> Result:
        """The call's result or exception; Unavailable when there is no room, or no end to it."""
        if getattr(self.here, "works", False):
            # One call that makes another has its thread already.
            return call()
        token, end = object(), monotonic() + self.seconds
        self.enter(token, end)
        self.start_thread()
        answer: Future[Result] = Future()
        self.calls.put((token, copy_context(), call, answer))
        try:
            return answer.result(end - monotonic())
        except TimeoutError as failure:
            self.rests_until = monotonic() + self.rest
            raise Unavailable(f"{self.name} does not answer.") from failure

    def enter(self, token: object, end: float) -> None:
        """Take a place. Who finds none waits for those of calls that are quick, no others."""
        with changed:
            if monotonic() < self.rests_until:
                raise Unavailable(f"{self.name} has not answered just now.")
            while self.is_full:
                left = min(end, self.oldest + SLOW_SECONDS) - monotonic()
                if left <= 0 or not self.was_quick or self.waiting >= self.most_waiting:
                    raise Unavailable(f"{self.name} has no room for another call.")
                self.waiting += 1
                changed.wait(left)
                self.waiting -= 1
            self.own.add(token)
            self.begun[token] = monotonic()

    def start_thread(self) -> None:
        """Start one more, unless there are as many as there are calls."""
        with changed:
            if self.started < len(self.own):
                self.started += 1
                threading.Thread(target=self.work, name=f"outside-{self.name}", daemon=True).start()

    @property
    def is_full(self) -> bool:
        return len(self.own) >= self.threads or len(self.begun) >= CALLS_AT_ONCE

    @property
    def oldest(self) -> float:
        """When the first of the calls began that are in the way."""
        own = self.own if len(self.own) >= self.threads else self.begun
        return min(self.begun[token] for token in own)

    def leave(self, token: object, *, failed: bool = False) -> None:
        with changed:
            self.was_quick = monotonic() - self.begun.pop(token) < SLOW_SECONDS
            if self.was_quick:
                self.rests_until = 0.0
            elif failed:
                self.rests_until = monotonic() + self.rest
            self.own.discard(token)
            changed.notify_all()

    def work(self) -> None:
        self.here.works = True
        while True:
            token, context, call, answer = self.calls.get()
            try:
                result = context.run(call)
            except BaseException as failure:
                self.leave(token, failed=True)
                answer.set_exception(failure)
            else:
                self.leave(token)
                answer.set_result(result)
            del call, context, answer
