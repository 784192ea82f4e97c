import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from store.imports import Report
from store.models import ImportRun, Item
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
    assert "Rows skipped:              0" in lines
    assert "Read as UTF-8 with commas between the cells." in lines
    assert "Line 92: It says “rosewood”" in lines[-1]


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


def run_on(tmp_path: Path, content: bytes, *options: str) -> str:
    file = tmp_path / "items.csv"
    file.write_bytes(content)
    return run(file, *options)


def test_what_is_unclear_is_named_with_the_option_that_decides(tmp_path: Path) -> None:
    content = own_csv({"price": "45.000", "purchased_on": "12/06/1979"})
    output = io.StringIO()
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(CommandError):
        call_command("import_items", str(tmp_path / "x.csv"), stdout=output, stderr=output)
    assert "--decimal point|comma" in output.getvalue()
    assert "--dates dmy|mdy" in output.getvalue()

    run_on(tmp_path, content, "--decimal", "comma", "--dates", "dmy")

    assert Item.objects.get().price == 45_000


def test_columns_are_said_by_options(tmp_path: Path) -> None:
    row = {"perod": "1900", "shelf": "A3", "owner": "Ann"}
    columns = ["stock_number", "title", "category", "condition", "price", *row]
    content = own_csv(row, columns=columns)
    with pytest.raises(CommandError, match="--ignore, --keep or --read") as failure:
        run_on(tmp_path, content)
    assert failure.value.returncode == 2
    assert not ImportRun.objects.exists()

    said = ["--read", "perod=period", "--keep", "shelf", "--ignore", "owner"]
    output = run_on(tmp_path, content, *said)

    item = Item.objects.get()
    assert (item.period, item.imported_details.get().text) == ("1900", "A3")
    assert "Not taken over: owner (1, such as “Ann”)" in output


@pytest.mark.parametrize("option", [["--read", "perod=epoch"], ["--category", "x" * 101]])
def test_an_option_that_makes_no_sense_is_refused(tmp_path: Path, option: list[str]) -> None:
    with pytest.raises(CommandError):
        run_on(tmp_path, own_csv({}), *option)


def test_new_things_come_in_as_options_say(tmp_path: Path) -> None:
    content = b"stock_number,title,condition,price\n00471,Bowl,good,30\n471,Bowl,good,30\n"
    options = ["--unpublished", "--tax-scheme", "margin", "--category", "Found"]

    run_on(tmp_path, content, *options, "--look-alikes", "new")

    assert set(Item.objects.values_list("published", "tax_scheme", "category__name")) == {
        (False, "margin", "Found")
    }
    assert Item.objects.count() == 2


def test_the_report_of_the_command_is_there_for_staff(tmp_path: Path) -> None:
    run_on(tmp_path, own_csv({}))
    run_on(tmp_path, own_csv({}), "--dry-run")

    assert (ImportRun.objects.get().report or {})["created"] == 1


def test_a_report_of_many_bad_rows_keeps_their_number(tmp_path: Path) -> None:
    rows = [{"stock_number": str(n), "price": "x"} for n in range(1100)]
    with pytest.raises(CommandError, match="1100 rows"):
        run_on(tmp_path, own_csv(*rows))

    report = Report.from_json(ImportRun.objects.get().report or {})
    assert (len(report.bad_rows), report.failure) == (1000, "1100 rows were skipped.")
