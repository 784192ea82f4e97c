"""The timer's jobs as tasks of a queue in the database, by TIMER=tasks; imported nowhere else.

A round of the timer enqueues each job, and `manage.py run_tasks` runs them, on as many machines as
one likes. Jobs stay what they are: each asks the database what is due, and may run twice and beside
itself. So a task that gets lost costs nothing but time.

The timer's heartbeats are then those of the jobs, each under its name: they say when it truly ran,
by the database's clock, whoever enqueued or ran it.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from django import VERSION
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from bag.locks import lock
from bag.services import release_lapsed_holds
from outside.last_calls import last_calls
from repairshop import timer
from repairshop.models import Heartbeat

# Django has them itself from 6 on.
if TYPE_CHECKING or VERSION < (6,):
    from django_tasks import task
else:
    from django.tasks import task

# So long after its start, whoever ran it is taken to be dead, and the job is enqueued once more.
LOST_AFTER = timedelta(minutes=5)
KEPT_FOR = timedelta(minutes=10)


class JobFailed(Exception):
    """What the engine keeps of a failure: the job and the kind of error, no word of it."""


@task()
def run_job(name: str) -> int:
    """Run a job of the timer and leave its heartbeat; return how much it did."""
    # What was enqueued before the shop is looked after waits for a later round.
    if settings.MAINTENANCE:
        return 0
    count, error = timer.run_job(timer.jobs_by_name()[name])
    leave(name, count, error)
    if error:
        raise JobFailed(": ".join(error.split(": ")[:2]))
    return count


def leave(name: str, count: int, error: str) -> None:
    beat = Heartbeat.objects.filter(process=name)
    beat.update(beat_at=Now(), failing=bool(error), outside=last_calls())
    if error:
        beat.update(last_error=error, last_error_at=Now())
    if name == release_lapsed_holds.__name__:
        beat.update(tidied=F("tidied") + count)


def own() -> DBTaskResultQuerySet:
    """Tasks of ours: an owner may have others in the same queue."""
    return DBTaskResult.objects.filter(task_path=run_job.module_path)


@transaction.atomic
def enqueue_jobs() -> int:
    """Enqueue each job that neither waits nor runs nor has just run; return how many."""
    # Several timers at once would each find nothing in the queue.
    lock("repairshop.tasks")
    tidy_up()
    names = [*timer.jobs_by_name()]
    resting = under_way() | just_run()
    # Left before the first run as well, so that a queue nobody works is missed.
    known = Heartbeat.objects.filter(process__in=names).values_list("process", flat=True)
    new = [name for name in names if name not in set(known)]
    Heartbeat.objects.bulk_create([Heartbeat(process=name) for name in new])
    due = [name for name in names if name not in resting]
    for name in due:
        run_job.enqueue(name)
    return len(due)


def tidy_up() -> None:
    """Give up what a killed worker has left, and forget results and heartbeats that are over.

    A task that is given up stays for a while: its worker may only have been slow.
    """
    now = timezone.now()
    fail(own().running().filter(started_at__lte=now - LOST_AFTER))
    own().finished().filter(finished_at__lte=now - KEPT_FOR).delete()
    Heartbeat.objects.stale().exclude(process__in=timer.jobs_by_name()).delete()


def give_up(worker: str) -> None:
    """End what a worker ran when it lost the database, so that it need not be waited for."""
    fail(own().running().filter(worker_ids__0=worker))


def fail(lost: DBTaskResultQuerySet) -> None:
    lost.update(status=TaskResultStatus.FAILED, finished_at=timezone.now())


def under_way() -> set[str]:
    """Jobs that wait in the queue or run."""
    at_it = own().filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    return {given["args"][0] for given in at_it.values_list("args_kwargs", flat=True)}


def just_run() -> set[str]:
    """Jobs that have run since half of a round: of several timers, each enqueues what is due."""
    since = Now() - timedelta(seconds=settings.TIMER_SECONDS) / 2
    return {*Heartbeat.objects.filter(beat_at__gt=since).values_list("process", flat=True)}
