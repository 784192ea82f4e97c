"""Take package indexes out of a Pipfile.lock, so that each machine uses its own."""

import json
import sys
from pathlib import Path


def strip(lock: Path) -> None:
    content = json.loads(lock.read_text())
    content["_meta"]["sources"] = []
    for section in ("default", "develop"):
        for package in content[section].values():
            package.pop("index", None)
    lock.write_text(json.dumps(content, indent=4, sort_keys=True) + "\n")


if __name__ == "__main__":
    strip(Path(sys.argv[1]))
