"""What the rehearsal needs of this machine, and what it takes from it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# From Debian: postgresql (the server), pgbouncer, openssl, git, binutils, and python3-venv
# where Python is Debian's.
PROGRAMS = ("bash", "git", "gzip", "openssl", "pgbouncer", "strip", "tar")
SERVERS = Path("/usr/lib/postgresql")
# The only things of a machine's own that the build is given, if they are set: the way to packages.
WAY_TO_PACKAGES = (
    "PIP_INDEX_URL",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "https_proxy",
)


def missing() -> list[str]:
    """The names of what is not on this machine."""
    found = [name for name in PROGRAMS if not shutil.which(name)]
    if not postgresql_programs():
        found.append("postgresql (its server, in /usr/lib/postgresql)")
    return found


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL server that Debian has installed."""
    versions = [path for path in SERVERS.glob("*") if (path / "bin/initdb").exists()]
    return max(versions, key=lambda path: int(path.name)) / "bin" if versions else None


def way_to_packages() -> dict[str, str]:
    return {name: os.environ[name] for name in WAY_TO_PACKAGES if os.environ.get(name)}


def run(*command: str | Path, within: Path, environment: Mapping[str, str]) -> str:
    """Run a step to its end with nothing else in its environment; a failure ends the rehearsal."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=within,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1200,
    )
    if done.returncode:
        shown = " ".join(Path(str(part)).name for part in command[:4])
        sys.exit(f"{done.stdout}\nThe step `{shown} …` has failed with {done.returncode}.")
    return done.stdout


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (it is a program)
