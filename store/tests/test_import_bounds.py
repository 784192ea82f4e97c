"""However bad a file is, reading it costs no more than its length, and keeps little of it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from store.imports import Report, UnreadableFile
from store.imports.looking import MOST_LINES, MOST_PICTURES, MOST_PIECES, MOST_ROWS
from store.imports.reading import LONGEST_RECORD, MOST_READ_TWICE
from store.imports.report import MOST_ROWS_KEPT
from store.models import ImportRun
from store.tests.csv_files import load, own_csv
from store.tests.test_admin_imports import upload
from store.tests.test_import_shopify import POT, shopify_csv

pytestmark = pytest.mark.django_db


def test_bad_rows_are_counted_beyond_those_that_anybody_would_read() -> None:
    report = load(own_csv() + b"a\n" * (MOST_ROWS_KEPT + 7))

    assert len(report.bad_rows) == MOST_ROWS_KEPT
    assert report.skipped == MOST_ROWS_KEPT + 7
    assert Report.from_json(report.as_json()) == report


def test_rows_that_are_held_back_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.imports.report.MOST_ROWS_KEPT", 2)
    load(own_csv(*[{"stock_number": f"00{number}"} for number in range(1, 4)]))

    report = load(own_csv(*[{"stock_number": str(number)} for number in range(1, 4)]))

    assert (len(report.held_back), report.held) == (2, 3)


def test_the_command_says_how_many_it_does_not_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.imports.report.MOST_ROWS_KEPT", 2)
    file = tmp_path / "items.csv"
    file.write_bytes(own_csv() + b"a\n" * 5)
    output = io.StringIO()

    with pytest.raises(CommandError):
        call_command("import_items", str(file), stdout=output, stderr=output)

    assert output.getvalue().count("cells instead of") == 2
    assert "And 3 more." in output.getvalue()


def every_variant_with_a_picture(count: int) -> bytes:
    """Of one product, so that each of the variants has the pictures of all."""
    numbers = [str(number) for number in range(count)]
    return shopify_csv(
        *({**POT, "Option1 Value": number, "Image Src": f"{number}.jpg"} for number in numbers)
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (own_csv() + b'A1,"' + b"a\n" * 3_000_000, f"more than {MOST_LINES} lines"),
        (own_csv() + b"\r" * (MOST_LINES + 1), f"more than {MOST_LINES} lines"),
        (own_csv() + b"a\n" * (MOST_ROWS + 1), f"more than {MOST_ROWS} rows"),
        (
            own_csv(*[{"stock_number": str(n), "quantity": "1000"} for n in range(101)]),
            f"more than {MOST_PIECES} pieces",
        ),
        (every_variant_with_a_picture(501), f"more than {MOST_PICTURES} pictures"),
    ],
    ids=["lines", "empty lines", "rows", "pieces", "pictures"],
)
def test_what_is_too_much_for_a_page_is_refused_beside_the_field(
    client: Client, sam: User, content: bytes, reason: str
) -> None:
    client.force_login(sam)

    page: Any = upload(client, content, check_only="on")

    assert reason in page.context["form"].errors["file"][0]
    assert not ImportRun.objects.exists()
    assert reverse("admin:store_item_import") in page.request["PATH_INFO"]


def test_lines_are_not_read_again_and_again() -> None:
    """Each is the beginning of a row that goes on to the end of the file."""
    line = b'a","' + b"x" * 396 + b"\n"
    count = int((3 * MOST_READ_TWICE / len(line)) ** 0.5)

    with pytest.raises(UnreadableFile, match="too many quotation marks are not closed"):
        load(own_csv() + line * count)


def test_a_row_without_an_end_costs_itself_alone() -> None:
    endless = b"ab," * (LONGEST_RECORD // 3 + 1) + b"\n"

    report = load(own_csv() + endless + own_csv({}).splitlines(keepends=True)[1])

    assert [str(row) for row in report.bad_rows] == [
        "Line 2: a cell is too long, or a quotation mark is not closed."
    ]
    assert report.created == 1
