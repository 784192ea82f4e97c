"""A fault of the torture runs' own is told apart from the shop's, and hides no other row."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError

from tests.torture import invariants
from tests.torture.report import play_all
from tests.torture.rows import Row
from tests.torture.run import Result, Run

GOOD = Result("Good", "1 of 1", held=True)


def holds(run: Run) -> Iterator[Result]:
    yield GOOD


def stumbles(run: Run) -> Iterator[Result]:
    yield GOOD
    raise OperationalError("deadlock detected")


def is_told_to_end(run: Run) -> Iterator[Result]:
    yield GOOD
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _nothing_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "check", lambda: iter([]))
    monkeypatch.setattr(invariants, "clear", lambda: None)


def played(*plays: object) -> bool:
    rows = [Row(f"row{number}", play, 1, 1, 1) for number, play in enumerate(plays)]  # type: ignore[arg-type]
    return play_all((row, Run(row.name, 1, seed=7, database="")) for row in rows)


def table(printed: str) -> list[str]:
    return printed.rpartition("\n\n")[2].splitlines()


def test_the_rows_after_one_that_stumbles_are_played(capsys: pytest.CaptureFixture[str]) -> None:
    assert not played(holds, stumbles, holds)

    found = table(capsys.readouterr().out)
    assert [row.split()[0] for row in found] == ["row0", "row1", "row1", "row2"]
    assert sum("held" in row for row in found) == 3


def test_a_fault_of_the_harness_does_not_look_like_one_of_the_shop(
    capsys: pytest.CaptureFixture[str],
) -> None:
    played(stumbles)

    [_, stumbled] = table(capsys.readouterr().out)
    assert "NOT PLAYED" in stumbled
    assert "BROKEN" not in stumbled
    assert stumbled.endswith("OperationalError: deadlock detected")
    assert "test_torture_report.py:" in stumbled


def test_what_cannot_be_cleared_is_the_harness_s(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def clear() -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(invariants, "clear", clear)

    assert not played(holds, holds)
    assert sum("NOT PLAYED" in row for row in table(capsys.readouterr().out)) == 2


def test_the_table_comes_also_when_it_is_told_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        played(is_told_to_end, holds)

    assert [row.split()[0] for row in table(capsys.readouterr().out)] == ["row0"]


def test_a_row_ends_what_it_has_begun_when_an_invariant_cannot_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended = []

    def opens_a_shop(run: Run) -> Iterator[Result]:
        try:
            yield GOOD
        finally:
            ended.append(run.name)

    def check() -> Iterator[Result]:
        raise OperationalError("too many connections")

    monkeypatch.setattr(invariants, "check", check)

    assert not played(opens_a_shop)
    assert ended == ["row0"]


def test_invariants_stand_once_below_the_rows_unless_one_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [first, second, *_] = invariants.PROMISES
    broken = iter([True, False])

    def check() -> Iterator[Result]:
        yield Result(first, "0 wrong", held=True)
        yield Result(second, "1 wrong", held=next(broken))

    monkeypatch.setattr(invariants, "check", check)

    assert not played(holds, holds)
    found = table(capsys.readouterr().out)
    assert [row.split()[0] for row in found] == ["row0", "row1", "row1", "all", "all"]
    assert "BROKEN" in found[2]
    assert second in found[2]
    assert "asked 2 times" in found[3]
    assert "asked 1 times" in found[4]
