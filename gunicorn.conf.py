"""Sized for a dyno of 512 MB and a database of 20 connections.

2 processes x (4 request threads + 1 timer) = 10 connections, so that the old and
the new version fit beside each other while a deploy is under way.
"""

import ctypes
import os
import runpy
import sys
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "repairshop.slow_clients.Worker"
# An answer goes through the loop as well, see there.
sendfile = False
threads = 4
max_requests = 5000
max_requests_jitter = 500
timeout = 30
graceful_timeout = 25
# Longer than Heroku's router keeps a connection, so that it never meets a closed one.
keepalive = 95
# The heartbeat file of a worker must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
accesslog = None
# No header says under which path the shop lies, whoever sends it.
forwarder_headers = ""


def refuse_bad_settings() -> None:
    """Stop here with one sentence, rather than in each worker with a traceback."""
    try:
        settings = runpy.run_module("repairshop.settings")
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    if not settings["DEBUG"] and not settings["ALLOWED_HOSTS"]:
        sys.exit("ALLOWED_HOSTS is not set: name the shop's addresses, such as shop.example.com.")


def pre_fork(server: Arbiter, worker: Worker) -> None:
    """With --preload, the timer came up in the master; threads do not survive a fork."""
    if "repairshop.timer" in sys.modules:
        sys.modules["repairshop.timer"].stop()


def post_worker_init(worker: Worker) -> None:
    """Without --preload, `wsgi.py` has started the timer already, and this does nothing."""
    from repairshop import timer

    timer.start()


def give_memory_back() -> None:
    """Have glibc return each large block at once, rather than keep it for the thread that had it.

    After photos had been decoded in all threads, a worker stayed 100 MB larger without it.
    """
    mmap_threshold, arena_max = -3, -8
    # Other systems have no such switches, and no such habit.
    with suppress(AttributeError, OSError, TypeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(mmap_threshold, 1 << 17)
        libc.mallopt(arena_max, 1)


refuse_bad_settings()
give_memory_back()
