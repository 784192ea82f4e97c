import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from store.models import Item
from store.tests.csv_files import SAMPLE, own_csv

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> str:
    output = io.StringIO()
    call_command("import_items", str(path), *options, stdout=output, stderr=output)
    return output.getvalue()


def test_a_good_file_ends_with_a_summary() -> None:
    lines = run(SAMPLE).splitlines()

    assert lines[:3] == [
        "Our own columns",
        "Rows read:                60",
        "Items created:            60",
    ]
    assert lines[-2:] == [
        "Rows skipped:              0",
        "Read as UTF-8 with commas between the cells.",
    ]


def test_a_dry_run_says_so() -> None:
    assert "nothing was changed" in run(SAMPLE, "--dry-run")
    assert Item.objects.count() == 0


def test_bad_rows_are_named_and_the_exit_status_is_1(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(own_csv({}, {"stock_number": "2", "price": "x"}))
    output = io.StringIO()

    with pytest.raises(CommandError, match=r"1 row was skipped\.") as failure:
        call_command("import_items", str(file), stdout=output, stderr=output)

    assert failure.value.returncode == 1
    assert "Line 3: price “x” is not a number" in output.getvalue()
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "reason"), [(b"name,cost\n", "The header"), (b"", "empty"), (None, "No such file")]
)
def test_no_file_to_import_is_exit_status_2(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "items.csv"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match=reason) as failure:
        run(file)

    assert failure.value.returncode == 2
