"""Row 16: many processes file, save, bill and issue, and are killed. Rounds are tickets."""

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack

from django.db import connection
from django.utils import timezone

import invoices.documents.issuing
from accounts.models import User
from invoices.documents.issuing import TakenNumber, issue_due
from invoices.models import Invoice, NumberSeries
from repairs_restorals.models import ServiceTicket
from tests.environment import TEST_ENVIRONMENT
from tests.processes import Process, running, wait_until
from tests.torture import invariants
from tests.torture.run import PRODUCTION, Result, Run

PROMISE = "16 One invoice per ticket, numbers without a gap"
CONTROL = "one_invoice.numbers_of_a_sequence"
PROCESSES, THREADS = 4, 12
SMALL = 60


def play(run: Run) -> Iterator[Result]:
    yield billed(run)
    yield billed(run.at_most(SMALL), control=CONTROL)


def billed(run: Run, *, control: str = "") -> Result:
    """Let processes bill tickets until there are so many; kill one whenever they got on."""
    forget_everything()
    kills = max(4, run.rounds // 250)
    with ExitStack() as stack:
        crew = [stack.enter_context(biller(run, control)) for _ in range(PROCESSES)]
        for part in range(kills):
            goal = run.rounds * (part + 1) // (kills + 1)
            wait_until(lambda goal=goal: issued() >= goal, seconds=600)  # type: ignore[misc]
            victim = crew.pop(run.dice.randrange(len(crew)))
            os.kill(victim.popen.pid, signal.SIGKILL)
            crew.append(stack.enter_context(biller(run, control)))
        wait_until(lambda: issued() >= run.rounds, seconds=600)
    # What a process was killed before it got to, the timer does, with numbers as they should be.
    while not control and issue_due():
        pass
    tickets, invoices = ServiceTicket.objects.count(), Invoice.objects.count()
    numbers = [str(number) for number in Invoice.objects.issued().values_list("number", flat=True)]
    wanted = [f"{timezone.localdate().year}-{number + 1:04}" for number in range(len(numbers))]
    wrong = len({*wanted} ^ {*numbers})
    figure = (
        f"{tickets:,} tickets, {invoices:,} invoices, {kills} of {PROCESSES + kills} processes "
        f"killed: {len(numbers):,} numbers, {wrong:,} missing or beside the series"
    )
    # A process may be killed between a ticket and its lines: that one has a draft.
    billed = Invoice.objects.filter(total__gt=0).count()
    held = tickets == invoices and billed == len(numbers) and not wrong
    return Result(PROMISE, figure, held, control=bool(control))


def biller(run: Run, control: str) -> AbstractContextManager[Process]:
    environment = {**TEST_ENVIRONMENT, **PRODUCTION, "DATABASE_URL": run.database}
    seed = str(run.dice.randrange(1_000_000))
    return running(
        "python", "-m", "tests.torture.biller", seed, str(THREADS), **environment, CONTROL=control
    )


def forget_everything() -> None:
    invariants.clear()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE repairs_restorals_serviceticket CASCADE")
        cursor.execute("DROP SEQUENCE IF EXISTS torture_numbers")
        cursor.execute("CREATE SEQUENCE torture_numbers")
    NumberSeries.objects.all().delete()
    User.objects.get_or_create(email="row16@example.com", defaults={"name": "Ann"})


def issued() -> int:
    return Invoice.objects.issued().count()


def numbers_of_a_sequence() -> None:
    """The control: a number taken is gone, whatever becomes of the invoice."""
    invoices.documents.issuing.take_number = number_of_a_sequence


def number_of_a_sequence(prefix: str) -> TakenNumber:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('torture_numbers'), statement_timestamp()")
        number, now = cursor.fetchone()
    return TakenNumber(f"{prefix}{timezone.localdate().year}-{number:04}", now)
