"""The linter of migrations, which `make lint` asks about those since the last release."""

import pytest

from tests.lint_migrations import lint

pytestmark = pytest.mark.django_db


def test_a_model_that_moves_and_keeps_its_table_passes() -> None:
    assert lint(app_label="mail", migration_name="0001_out_of_accounts")


@pytest.mark.parametrize(
    "landed", [("bag", "0004_mails_go_to_the_outbox"), ("bag", "0003_places_belong_to_visitors")]
)
def test_control_what_the_code_before_would_miss_or_break_is_refused(
    landed: tuple[str, str],
) -> None:
    app, name = landed

    assert not lint(app_label=app, migration_name=name)
