"""The linter of migrations, which `make lint` asks about those since the last release."""

from pathlib import Path
from typing import Any

import pytest
from django.db.models import CharField, DecimalField, Field

from tests.lint_migrations import git, is_wider, lint, since

pytestmark = pytest.mark.django_db


def number(digits: int, decimals: int) -> DecimalField:
    return DecimalField(max_digits=digits, decimal_places=decimals)


@pytest.mark.parametrize("app", ["store", "repairs_restorals", "invoices"])
def test_columns_that_get_room_for_more_decimals_pass(app: str) -> None:
    names = {"store": "0015", "repairs_restorals": "0006", "invoices": "0011"}

    assert lint(app_label=app, migration_name=f"{names[app]}_amounts_of_any_currency")


@pytest.mark.parametrize(
    ("after", "wider"),
    [
        (number(11, 3), True),
        (number(12, 2), True),
        (number(10, 3), False),
        (number(9, 2), False),
        (number(10, 1), False),
        (CharField(max_length=50), False),
    ],
)
def test_a_column_is_wider_when_it_holds_every_number_that_it_held(
    after: Field, wider: bool
) -> None:
    assert is_wider(number(10, 2), after) is wider


def test_a_model_that_moves_and_keeps_its_table_passes() -> None:
    assert lint(app_label="mail", migration_name="0001_out_of_accounts")


def test_a_column_of_which_less_has_to_be_unique_passes() -> None:
    assert lint(app_label="accounts", migration_name="0014_people_without_an_address")


@pytest.mark.parametrize(
    "landed", [("bag", "0004_mails_go_to_the_outbox"), ("bag", "0003_places_belong_to_visitors")]
)
def test_control_what_the_code_before_would_miss_or_break_is_refused(
    landed: tuple[str, str],
) -> None:
    app, name = landed

    assert not lint(app_label=app, migration_name=name)


def test_a_migration_is_judged_before_it_is_committed(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    old, new = (tmp_path / "shop/migrations" / f"{name}.py" for name in ("0001_old", "0002_new"))
    old.parent.mkdir(parents=True)
    old.touch()
    git("init", "--quiet")
    git("add", ".")
    git("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "--quiet", "-m", "Old")
    new.touch()

    assert since("HEAD") == ["shop/migrations/0002_new.py"]
