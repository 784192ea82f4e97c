"""`python -m tests.stripe_standin --port N [--webhook URL --secret whsec_…] [--keep FILE]`.

With `-- COMMAND …` at the end it starts COMMAND too, as a shop that takes cards here:
so does `make run`. A shop that has a key of its own for Stripe gets no stand-in.
"""

import argparse
import contextlib
import os
import runpy
import secrets
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.stripe_standin.server import Server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stripe_standin")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook", default="")
    parser.add_argument("--secret", default=f"whsec_{secrets.token_hex(16)}")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--ends-with", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="*")
    options = parser.parse_args()
    if options.command:
        start_shop(options)
    if options.ends_with:
        threading.Thread(target=end_with, args=[options.ends_with], daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        Server(options.port, options.webhook, options.secret, options.keep).serve_forever()


def end_with(parent: int) -> None:
    """End when the shop that this was started for has ended, however that came."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def start_shop(options: argparse.Namespace) -> None:
    """Become the shop, with the stand-in beside it unless Stripe itself is configured."""
    # As the settings do.
    if Path(env_file := os.environ.get("ENV_FILE", "env.py")).is_file():
        runpy.run_path(env_file)
    if not os.environ.get("STRIPE_SECRET_KEY"):
        port = free_port(options.port)
        beside = [sys.executable, "-m", "tests.stripe_standin", "--port", str(port)]
        beside += ["--webhook", options.webhook, "--secret", options.secret]
        beside += ["--keep", str(options.keep)] if options.keep else []
        subprocess.Popen([*beside, "--ends-with", str(os.getpid())])
        os.environ["STRIPE_SECRET_KEY"] = "sk_test_standin"
        os.environ["STRIPE_WEBHOOK_SECRET"] = options.secret
        os.environ["STRIPE_API_BASE"] = f"http://127.0.0.1:{port}"
    os.execvp(options.command[0], options.command)  # noqa: S606


def free_port(wanted: int) -> int:
    """The wanted port, or another one where that is taken."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)) as probe:
            found: int = probe.getsockname()[1]
            return found
    raise SystemExit("No port is free for the stand-in.")


main()
