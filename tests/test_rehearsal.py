"""What `make rehearsal` and two machines need; `make test` plays nothing of them."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.rehearsal import machine
from tests.torture import machines


def test_it_names_what_is_not_on_a_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(machine, "SERVERS", tmp_path)

    assert "pgbouncer" in machine.missing()
    assert [name for name in machine.missing() if name.startswith("postgresql")]
    assert {"pgbouncer", "haproxy", "ip"} <= {*machines.missing()}


def test_the_old_and_the_new_way_to_name_python_say_the_same() -> None:
    runtime = (settings.BASE_DIR / "runtime.txt").read_text().strip()
    version = (settings.BASE_DIR / ".python-version").read_text().strip()

    assert runtime == f"python-{version}"
