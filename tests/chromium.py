"""Find a Chromium for the browser tests; `python -m tests.chromium` installs one if need be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first is Chromium without windows to draw, and takes less than half of the processor time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
NOT_FOUND = (
    "No Chromium was found and none could be installed. Install one with the system's "
    "package manager, or name it: CHROMIUM=/path/to/chromium make test"
)
NONE_STARTS = (
    "No Chromium starts. `.venv/bin/python -m tests.chromium` installs one, CHROMIUM names one, "
    "and `-m 'not browser'` leaves the tests out that need one. What was tried says:"
)
# It runs as root in containers, and shall ask nobody but the shop under test.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def works(path: str) -> bool:
    """Ubuntu's `chromium-browser`, say, may be a stub that only says where to get it."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def system_chromium() -> str | None:
    """The Chromium that CHROMIUM names or that is on the PATH; None leaves it to Playwright."""
    if named := os.environ.get("CHROMIUM"):
        return named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and works(path)), None)


def installed() -> bool:
    if path := system_chromium():
        return works(path)
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        for name in ("chromium-headless-shell", "chromium"):
            packages = [name, "fonts-dejavu-core"]
            command = ["apt-get", "install", "-qq", "--no-install-recommends", "-y", *packages]
            if subprocess.run(command, check=False, env=quiet).returncode == 0:
                break
    if not installed():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if not installed():
        install()
    if not installed():
        sys.exit(NOT_FOUND)
