"""Row 15: mails under every fault of a server, and senders that are killed. Rounds are mails."""

import os
import signal
import socket
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial

from django.db.models.functions import Now

from accounts.models import User
from mail import sending
from mail.models import Mail
from mail.outbox import enqueue_mail, new_message_id
from tests.environment import TEST_ENVIRONMENT
from tests.processes import Process, free_port, running, wait_until
from tests.smtp_server import Server, serving
from tests.torture import invariants
from tests.torture.run import PRODUCTION, Result, Run

PROMISE = "15 Mail neither blocks nor vanishes"
SENDERS = 8
# In these moods nothing arrives, or nobody is told that it has.
MOODS = ["busy", "drops", "closes", "forgets", "hangs"]
SMALL = 100


def play(run: Run) -> Iterator[Result]:
    yield delivered(run)
    few = run.at_most(SMALL)
    yield delivered(few, control="mails.nothing_is_claimed")
    if run.rounds > SMALL:
        yield delivered(few, control="mails.sent_is_written_first")
        yield delivered(few, control="mails.each_try_is_a_new_mail")


def delivered(run: Run, *, control: str = "") -> Result:
    """Let senders meet a server that is down, silent and faulty; then kill them at their work."""
    write_all(run.rounds)
    server, port = Server(), free_port()
    kills = 20 if run.rounds > SMALL else 6
    with ExitStack() as stack:
        crew = [stack.enter_context(sender(run, port, control)) for _ in range(SENDERS)]
        wait_until(lambda: all("ready" in process.log for process in crew), seconds=60)
        meet_no_server(port)
        with serving(port, server):
            meet_moods(server)
            kill_at_work(run, server, kills, crew, lambda: sender(run, port, control), stack)
            wait_until(nothing_waits, seconds=300)
    return judged(run, server, kills, control=bool(control))


def write_all(mails: int) -> None:
    invariants.clear()
    for number in range(mails):
        user = User(name=f"Ann {number}", email=f"ann{number}@example.com")
        enqueue_mail("accounts.deactivated", to=user.email, context={"user": user})


def sender(run: Run, port: int, control: str) -> AbstractContextManager[Process]:
    environment = {**TEST_ENVIRONMENT, **PRODUCTION, "DATABASE_URL": run.database}
    environment["CONTROL"] = control
    return running("python", "-m", "tests.torture.sender", str(port), **environment)


def meet_no_server(port: int) -> None:
    """Nobody listens; then somebody does who never says a word."""
    wait_until(lambda: tried_in_vain("refused"))
    with socket.create_server(("127.0.0.1", port)):
        wait_until(lambda: tried_in_vain("timed out"))


def tried_in_vain(words: str) -> bool:
    return Mail.objects.queued().filter(last_error__contains=words).exists()


def meet_moods(server: Server) -> None:
    for mood in MOODS:
        met = server.failures
        server.mood = mood
        wait_until(partial(has_met, server, met + SENDERS), seconds=60)
    server.mood = "well"


def has_met(server: Server, failures: int) -> bool:
    return server.failures >= failures or nothing_waits()


def has_confirmed(server: Server, mails: float) -> bool:
    return len(server.confirmed) >= mails or nothing_waits()


def nothing_waits() -> bool:
    """A control that loses mails gets no further than this."""
    return not Mail.objects.queued().exists()


def kill_at_work(
    run: Run,
    server: Server,
    kills: int,
    crew: list[Process],
    another: Callable[[], AbstractContextManager[Process]],
    stack: ExitStack,
) -> None:
    """Kill one whenever they got on, while each has a mail in its hands."""
    server.pause = 0.05
    for part in range(kills):
        goal = run.rounds * (part + 1) / (kills + 2)
        wait_until(partial(has_confirmed, server, goal), seconds=120)
        victim = crew.pop(run.dice.randrange(len(crew)))
        os.kill(victim.popen.pid, signal.SIGKILL)
        crew.append(stack.enter_context(another()))
    server.pause = 0


def judged(run: Run, server: Server, kills: int, *, control: bool) -> Result:
    ids = defaultdict(set)
    for mail in server.taken:
        ids[str(mail["To"])].add(str(mail["Message-ID"]))
    confirmed = Counter(server.confirmed)
    again = sum(confirmed.values()) - len(confirmed)
    several = sum(len(each) > 1 for each in ids.values())
    sent = Mail.objects.filter(state=Mail.State.SENT).count()
    figure = (
        f"{len(confirmed)} of {run.rounds} delivered, {sent} known to be; {SENDERS} senders, "
        f"{kills} killed: {again} confirmed once more, {several} under several Message-IDs"
    )
    held = len(confirmed) == sent == run.rounds and again <= kills and not several
    return Result(PROMISE, figure, held, control=control)


def nothing_is_claimed() -> None:
    """The control: who finds a mail sends it, and does not ask who else does."""
    sending.claim = lambda pk: Mail.objects.due().filter(pk=pk).first()


def sent_is_written_first() -> None:
    """The control: a mail is taken for sent before the server has said so."""
    sending.claim = claim_and_forget


def claim_and_forget(pk: int) -> Mail | None:
    done = {"state": Mail.State.SENT, "sent_at": Now()}
    return Mail.objects.get(pk=pk) if Mail.objects.due().filter(pk=pk).update(**done) else None


def each_try_is_a_new_mail() -> None:
    """The control: the Message-ID is made up when a mail is sent, as mail libraries do."""
    written = sending.message_of

    def anew(mail: Mail) -> object:
        mail.message_id = new_message_id()
        return written(mail)

    sending.message_of = anew  # type: ignore[assignment]
