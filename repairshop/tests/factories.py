import socket
import subprocess
import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from repairshop.models import ROUNDS_MISSED, Heartbeat

LATE = ROUNDS_MISSED * settings.TIMER_SECONDS + 5


def make_beat(process: str, *, seconds_ago: int = 0, **fields: Any) -> Heartbeat:
    beat_at = Now() - timedelta(seconds=seconds_ago)
    return Heartbeat.objects.create(process=process, beat_at=beat_at, **fields)


def ended_process() -> str:
    """The name of a process of this machine that has run and is no more."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return f"{socket.gethostname()}:{done.pid}"
