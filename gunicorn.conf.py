"""Sized for a dyno of 512 MB, and no larger than the database allows (`repairshop.connections`).

2 processes x (4 request threads + 1 timer) = 10 connections. Where the database allows 20, it is
3 threads, so that the old and the new version fit beside each other while a deploy is under way,
and somebody's `manage.py` as well.
"""

import ctypes
import os
import runpy
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from repairshop.connections import Size, size_for

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "repairshop.slow_clients.Worker"
# An answer goes through the loop as well, see there.
sendfile = False
# Far apart: while a worker begins anew, the others serve.
max_requests = 5000
max_requests_jitter = 5000
timeout = 30
graceful_timeout = 25
# Longer than Heroku's router keeps a connection, so that it never meets a closed one.
keepalive = 95
# The heartbeat file of a worker must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
accesslog = None
# Nobody steers it from beside, and there need be no place to write to for that.
control_socket_disable = True
# No header says under which path the shop lies, whoever sends it.
forwarder_headers = ""
# Nor that it came by https: TRUSTED_PROXIES says who is believed; where it is forgotten, endless
# redirects show it. gunicorn would believe any proxy on the same machine.
secure_scheme_headers: dict[str, str] = {}


def good_settings() -> dict[str, Any]:
    """Stop here with one sentence, rather than in each worker with a traceback."""
    try:
        settings = runpy.run_module("repairshop.settings")
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    if not settings["DEBUG"] and not settings["ALLOWED_HOSTS"]:
        sys.exit("ALLOWED_HOSTS is not set: name the shop's addresses, such as shop.example.com.")
    return settings


def on_starting(server: Arbiter) -> None:
    if smaller:
        server.log.warning(smaller)


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


wanted = Size(workers=int(os.environ.get("WEB_CONCURRENCY", "2")), threads=4)
(workers, threads), smaller = size_for(wanted, good_settings())
# `outside` lets fewer of them wait for others.
os.environ.update(WEB_THREADS=str(threads))
give_memory_back()
