"""Have pictures decoded by a process that has nothing to lose, see `store.pictures.pixels`."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from django.conf import settings

logger = logging.getLogger(__name__)

COMMAND = [sys.executable, "-m", "store.pictures.pixels"]
# All that Python needs. It reads pictures of strangers, and has no use for the shop's secrets.
NEEDED = {"PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "LANG", "TMPDIR"}
# Without these, glibc keeps for each thread what a picture took, and the next finds no memory.
MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(1 << 17)}
MAX_SECONDS = 20
one_at_a_time = threading.Lock()


class Decoder:
    """Decodes one picture after the other, while other threads wait for their turn.

    The process starts with the first picture, and after one that it did not survive.
    """

    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        one_at_a_time.acquire()
        return self

    def __exit__(self, *problem: object) -> None:
        try:
            self.stop()
        finally:
            one_at_a_time.release()

    def answer(self, content: bytes, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What the process has `made` of a picture, or why it was `refused`."""
        try:
            self.process = self.process or started()
            return answered(self.process, {"bytes": len(content), **wanted}, content)
        except (OSError, ValueError, TypeError) as problem:
            # Decoders fail in many ways on files that are made to break them.
            logger.warning("A decoder failed: %s", problem)
            self.stop()
            return {"refused": "damaged"}

    def stop(self) -> None:
        process, self.process = self.process, None
        if process:
            process.kill()
            # It may be gone already, with a picture half written to it.
            with suppress(OSError), process:
                pass


def started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        COMMAND,
        cwd=settings.BASE_DIR,
        env={**{name: os.environ[name] for name in NEEDED & {*os.environ}}, **MEMORY},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def answered(
    process: subprocess.Popen[bytes], wanted: Mapping[str, Any], content: bytes
) -> dict[str, Any]:
    """One line of JSON for a picture; ValueError if the process died over it."""
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    deadline = threading.Timer(MAX_SECONDS, process.kill)
    deadline.start()
    try:
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        process.stdin.write(content)
        process.stdin.flush()
        return dict(json.loads(process.stdout.readline()))
    finally:
        deadline.cancel()
