"""Ask whether a hole is known in what the lock names; runs with pip-audit's own Python.

Fails when one is. Where nobody can be asked, as on a machine without the internet, it says so:
that is no good news, and no bad news either.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

ROOT = Path(__file__).parent.parent
AUDIT = [
    *("-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner=off"),
    "--timeout=5",
]


def requirements(lock: dict[str, Any]) -> list[str]:
    """All that is installed here or in production, at its locked version."""
    packages = {**lock["default"], **lock["develop"]}
    return [
        f"{name.split('[')[0]}{package['version']}"
        for name, package in packages.items()
        # For Python 2, which is to say never.
        if "< '3'" not in package.get("markers", "")
    ]


def ask(wanted: list[str]) -> tuple[list[dict[str, Any]], str]:
    """What is known of each package, and what the tool complains of."""
    with NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(wanted))
        file.flush()
        asking = [sys.executable, *AUDIT, "--format=json", "--requirement", file.name]
        done = subprocess.run(asking, capture_output=True, text=True, check=False)
    if not done.stdout:
        return [], done.stderr
    known: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    return known, done.stderr


def holes_in(known: list[dict[str, Any]]) -> list[str]:
    return [
        f"{package['name']} {package['version']}: {hole['id']}, "
        f"mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for package in known
        for hole in package.get("vulns", [])
    ]


def main() -> None:
    wanted = requirements(json.loads((ROOT / "Pipfile.lock").read_text()))
    known, complaint = ask(wanted)
    holes = holes_in(known)
    asked = sum("vulns" in package for package in known)
    print(f"{asked} of {len(wanted)} packages could be asked about: {len(holes)} known holes.")
    if asked < len(wanted):
        print("Of the others nothing is known here. Ask again where the internet can be reached.")
    if not known:
        print(complaint.strip().splitlines()[-1] if complaint.strip() else "No answer came.")
    print(*holes, sep="\n", end="\n" if holes else "")
    sys.exit(bool(holes))


if __name__ == "__main__":
    main()
