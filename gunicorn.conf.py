"""Sized for a dyno of 512 MB and a database of 20 connections.

2 processes x (4 request threads + 1 timer) = 10 connections, so that the old and
the new version fit beside each other while a deploy is under way.
"""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
max_requests = 5000
max_requests_jitter = 500
timeout = 30
graceful_timeout = 25
keepalive = 75
# The heartbeat file of a worker must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
accesslog = None
