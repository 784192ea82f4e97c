"""Make a Pipfile.lock mean the same on every machine; runs with Pipenv's own Python.

Package indexes are taken out, so that each machine uses its own. Pipenv also hashes its default
sources into the lock, which pip's configuration changes: a buildpack has none and refuses another
machine's hash as out of date. So this must run where pip has no configuration (see the Makefile).
"""

import json
import sys
from pathlib import Path

from pipenv.project import Project


def strip(lock: Path) -> None:
    content = json.loads(lock.read_text())
    content["_meta"]["sources"] = []
    content["_meta"]["hash"]["sha256"] = Project().pipfile.calculate_hash()
    for section in ("default", "develop"):
        for package in content[section].values():
            package.pop("index", None)
    lock.write_text(json.dumps(content, indent=4, sort_keys=True) + "\n")


if __name__ == "__main__":
    strip(Path(sys.argv[1]))
