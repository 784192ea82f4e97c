"""The faults of `tests.torture.mutants` still fit the code. `make mutants` lets tests hunt them."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.torture.mutants.__main__ import chosen
from tests.torture.mutants.fault import Edit, Fault
from tests.torture.mutants.faults import FAULTS
from tests.torture.mutants.scratch import DoesNotRunError, Scratch


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_still_fits(fault: Fault) -> None:
    assert [edit.file for edit in fault.edits if not edit.fits(settings.BASE_DIR)] == []
    assert [edit for edit in fault.edits if edit.old == edit.new] == []
    assert [test for test in fault.tests if not Path(settings.BASE_DIR, test).exists()] == []


def test_no_two_faults_have_one_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_every_fault_can_be_named_to_the_hunt() -> None:
    names = [fault.name for fault in FAULTS]

    assert chosen(",".join(names)) == FAULTS


@pytest.mark.parametrize(
    ("test", "failed"),
    [("assert True", ""), ("assert False", "test_it.py::test_it")],
)
def test_the_hunt_tells_a_failure_from_content(tmp_path: Path, test: str, failed: str) -> None:
    (tmp_path / "test_it.py").write_text(f"def test_it(): {test}")

    assert Scratch(tmp_path, DATABASE_URL="sqlite://").first_failure("-p", "no:django") == failed


def test_the_hunt_takes_no_broken_file_for_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("import no_such_module")

    with pytest.raises(DoesNotRunError, match="no_such_module"):
        Scratch(tmp_path, DATABASE_URL="sqlite://").first_failure("-p", "no:django")


def test_a_faulty_text_is_still_python(tmp_path: Path) -> None:
    for fault in FAULTS:
        for edit in fault.edits:
            copy = tmp_path / edit.file
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(Path(settings.BASE_DIR, edit.file).read_text())
        for edit in fault.edits:
            edit.make(tmp_path)
            text = (tmp_path / edit.file).read_text()
            assert edit.file.endswith(".typ") or compile(text, edit.file, "exec"), fault.name


def test_a_fault_in_a_migration_is_not_hidden_by_what_was_migrated_before(tmp_path: Path) -> None:
    (tmp_path / "app/migrations").mkdir(parents=True)
    (tmp_path / "app/migrations/0001.py").write_text("unique")
    copy = Scratch(tmp_path, MIGRATED="migrated")

    with copy.having(Fault("no UNIQUE", "", "", Edit("app/migrations/0001.py", "unique", ""))):
        assert copy.environment == {"MIGRATED": ""}

    assert copy.environment == {"MIGRATED": "migrated"}


def test_controls_are_seen_together_and_then_not_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(): pass")
    copy = Scratch(tmp_path)

    copy.check_controls([("test_it.py", "-pno:django")])
    (tmp_path / "test_it.py").write_text("def test_it(): assert False")

    copy.check_control("test_it.py", "-pno:django")
    with pytest.raises(DoesNotRunError):
        copy.check_control("test_it.py")
