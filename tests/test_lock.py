"""The lock on a machine whose pip has no configuration, as the one that builds for Heroku."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

PIPENV = settings.BASE_DIR / ".cache/pipenv/bin/python"
STRIP = settings.BASE_DIR / "tests/strip_lock.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("Pipfile", "Pipfile.lock"):
        shutil.copy(settings.BASE_DIR / name, tmp_path)
    return tmp_path


def elsewhere(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    assert PIPENV.exists(), "Pipenv is missing: run `make lint` or `make test` once."
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder), "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(
        [PIPENV, *arguments],
        cwd=folder,
        env={**bare, "PIPENV_IGNORE_VIRTUALENVS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_buildpack_takes_the_lock(copy: Path) -> None:
    verified = elsewhere(copy, "-m", "pipenv", "verify")

    assert verified.returncode == 0, verified.stderr


def test_control_a_lock_of_another_pipfile_is_refused(copy: Path) -> None:
    (copy / "Pipfile").write_text('[packages]\ndjango = "==4.2.*"\n')

    assert elsewhere(copy, "-m", "pipenv", "verify").returncode == 1


def test_make_lock_writes_the_hash_of_a_machine_without_configuration(copy: Path) -> None:
    lock = json.loads((copy / "Pipfile.lock").read_text())
    lock["_meta"]["hash"]["sha256"] = "of a machine with an index of its own"
    (copy / "Pipfile.lock").write_text(json.dumps(lock))
    elsewhere(copy, STRIP, "Pipfile.lock")

    assert elsewhere(copy, "-m", "pipenv", "verify").returncode == 0
    assert (copy / "Pipfile.lock").read_text() == Path("Pipfile.lock").read_text()
