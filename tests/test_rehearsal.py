"""What `make rehearsal` says before it begins; `make test` plays nothing of it."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.rehearsal import machine


def test_it_names_what_is_not_on_a_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(machine, "SERVERS", tmp_path)

    names = machine.missing()

    assert "pgbouncer" in names
    assert [name for name in names if name.startswith("postgresql")]


def test_the_old_and_the_new_way_to_name_python_say_the_same() -> None:
    runtime = (settings.BASE_DIR / "runtime.txt").read_text().strip()
    version = (settings.BASE_DIR / ".python-version").read_text().strip()

    assert runtime == f"python-{version}"
