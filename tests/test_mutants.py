"""The faults of `bench.torture.mutants` still fit the code. `make mutants` lets tests hunt them."""

from pathlib import Path

import pytest
from django.conf import settings

from bench.torture.mutants.fault import Fault
from bench.torture.mutants.faults import FAULTS


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_still_fits(fault: Fault) -> None:
    assert [edit.file for edit in fault.edits if not edit.fits(settings.BASE_DIR)] == []
    assert [edit for edit in fault.edits if edit.old == edit.new] == []
    assert [test for test in fault.tests if not Path(settings.BASE_DIR, test).exists()] == []


def test_no_two_faults_have_one_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_a_faulty_text_is_still_python(tmp_path: Path) -> None:
    for fault in FAULTS:
        for edit in fault.edits:
            copy = tmp_path / edit.file
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(Path(settings.BASE_DIR, edit.file).read_text())
        for edit in fault.edits:
            edit.make(tmp_path)
            compile((tmp_path / edit.file).read_text(), edit.file, "exec")
