"""Of what the audit asks, and what it makes of the answers."""

import json
from pathlib import Path
from typing import Any

from tests.audit import holes_in, requirements


def test_everything_that_is_locked_is_asked_about_at_its_version() -> None:
    lock = json.loads(Path("Pipfile.lock").read_text())
    wanted = requirements(lock)

    assert f"django{lock['default']['django']['version']}" in wanted
    assert f"pytest{lock['develop']['pytest']['version']}" in wanted
    assert all(line.count("==") == 1 for line in wanted)
    # Locked for Python 2 alone, and never installed.
    assert not any(line.startswith("psycopg2==") for line in wanted)
    assert len(wanted) >= len({*lock["default"], *lock["develop"]}) - 1


def test_holes_are_told_with_what_mends_them_and_unknown_packages_are_none() -> None:
    known: list[dict[str, Any]] = [
        {"name": "good", "version": "1", "vulns": []},
        {"name": "bad", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1", "3"]}]},
        {"name": "worse", "version": "3", "vulns": [{"id": "CVE-2", "fix_versions": []}]},
        {"name": "unknown", "version": "4", "skip_reason": "not found"},
    ]

    assert holes_in(known) == [
        "bad 2: CVE-1, mended in 2.1, 3",
        "worse 3: CVE-2, mended in no version yet",
    ]
