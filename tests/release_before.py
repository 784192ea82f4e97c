"""The code of the last release, which a new one serves beside while it is deployed."""

import io
import subprocess
import tarfile
from pathlib import Path

import django
import pytest
from django.conf import settings

# Whoever releases writes the commit that goes out into this file.
COMMIT = Path(__file__).with_name("last_release")
RUNS_ON = (5, 2)


def check_out(folder: Path) -> Path:
    """Unpack the last release into a folder; it runs in the virtualenv of today."""
    if django.VERSION[:2] != RUNS_ON:
        pytest.skip("The last release runs on the Django that the lock names, not on this one.")
    commit = COMMIT.read_text().strip()
    archive = subprocess.run(
        ["git", "archive", commit], cwd=settings.BASE_DIR, capture_output=True, timeout=60
    )
    if archive.returncode:
        pytest.fail(
            f"The last release, commit {commit}, is not in this clone: {archive.stderr.decode()}"
            "A shallow clone gets it by `git fetch --unshallow`."
        )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder
