"""A Chromium by its own protocol, with what Playwright turns off.

No page is made ready while a client of the protocol takes a page for a tab, as Playwright does.
Here the tab is attached, and tells of the pages in it.
"""

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from tests.chromium import ARGUMENTS, NAMES, works

SECONDS = 60
# Whoever turns this off makes nothing ready.
BACKGROUND = "--disable-background-networking"
OTHERS = ["--remote-debugging-pipe", "--headless=new", "--window-size=1280,800", "--no-first-run"]
ALL = [*(each for each in ARGUMENTS if each != BACKGROUND), *OTHERS]


class Browser:
    """What it said is kept in `heard`, each with the session that it is about."""

    def __init__(self, reads: int, writes: int) -> None:
        self.reads, self.writes = reads, writes
        self.received, self.sent = b"", 0
        self.heard: list[dict[str, Any]] = []
        self.answers: dict[int, dict[str, Any]] = {}

    def ask(self, method: str, session: str = "", **params: object) -> dict[str, Any]:
        """Send a command, and return its answer."""
        self.sent += 1
        number = self.sent
        message = {"id": number, "method": method, "params": params}
        message |= {"sessionId": session} if session else {}
        os.write(self.writes, json.dumps(message).encode() + b"\0")
        self.wait(lambda: number in self.answers)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    def value(self, session: str, expression: str) -> Any:
        """Of JavaScript, waited for if it is a promise."""
        options = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        return self.ask("Runtime.evaluate", session, **options)["result"].get("value")

    def wait(self, condition: Callable[[], object]) -> None:
        end = monotonic() + SECONDS
        while not condition():
            if monotonic() > end:
                raise TimeoutError("The browser did not get there.")
            self.hear(0.02)

    def listen(self, seconds: float) -> None:
        """Do nothing else for so long."""
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            self.hear(left)

    def hear(self, seconds: float) -> None:
        """What the browser says next, if it says something in so long."""
        if not select.select([self.reads], [], [], seconds)[0]:
            return
        self.received += os.read(self.reads, 1 << 16)
        *messages, self.received = self.received.split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self.heard.append(message)

    def point(self, page: str, x: float, y: float) -> None:
        self.ask("Input.dispatchMouseEvent", page, type="mouseMoved", x=x, y=y)

    def click(self, page: str, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            button = {"type": kind, "button": "left", "clickCount": 1}
            self.ask("Input.dispatchMouseEvent", page, x=x, y=y, **button)

    def of(self, session: str, method: str) -> list[dict[str, Any]]:
        """What was said about a session by that name."""
        return [
            each["params"]
            for each in self.heard
            if each.get("sessionId") == session and each["method"] == method
        ]

    def new_tab(self) -> str:
        """A session of a tab; the sessions of its pages are among what it tells."""
        target = self.ask("Target.createTarget", url="about:blank", forTab=True)["targetId"]
        tab = str(self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}
        self.ask("Target.setAutoAttach", tab, **attach)
        self.wait(lambda: self.pages(tab))
        return tab

    def pages(self, tab: str) -> list[str]:
        """Sessions of the pages in it, those last that were made ready last."""
        gone = {each["sessionId"] for each in self.of(tab, "Target.detachedFromTarget")}
        found = [each["sessionId"] for each in self.of(tab, "Target.attachedToTarget")]
        return [each for each in found if each not in gone]


def full_chromium() -> str:
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else NAMES[1:]))
    path = next((path for path in found if path and works(path)), None)
    return path or sys.exit("A full Chromium is needed: CHROMIUM=/path/to/chromium")


@contextmanager
def running_browser(*more: str) -> Iterator[Browser]:
    """With a profile of its own; it ends with the block."""
    (from_us, writes), (reads, to_us) = os.pipe(), os.pipe()
    # It reads from 3 and writes to 4, which may be taken by the others.
    high = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (from_us, to_us)]

    def connect() -> None:
        for number, each in enumerate(high, start=3):
            os.dup2(each, number)

    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [full_chromium(), *ALL, f"--user-data-dir={profile}", *more]
        process = subprocess.Popen(
            command,
            preexec_fn=connect,
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        browser = Browser(reads, writes)
        try:
            yield browser
            browser.ask("Browser.close")
        finally:
            for each in (*high, from_us, to_us, writes, reads):
                os.close(each)
            process.wait(timeout=SECONDS)
