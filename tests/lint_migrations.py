"""Whether the migrations since the last release only add; `make lint` runs it.

It judges the SQL for PostgreSQL, so it starts one. What changes no table, such as a model that
gets another name and keeps its table, has no SQL and passes. A constraint is not judged: whether
the code before keeps it, test_last_release.py shows.
"""

import os
import sys
from typing import Any

import django
from django.conf import settings
from django.db.migrations import AddConstraint, AlterField
from django.db.migrations.loader import MigrationLoader
from django.db.models import DecimalField, UniqueConstraint

from tests.environment import database_url, start_postgresql
from tests.release_before import COMMIT

# A release that must not pause is not what these speak of; our tables are small.
LOCKS = ("CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "DROP_INDEX", "REINDEX")
# Matters of taste, which ruff and review settle.
NAMES = ("RUNPYTHON_ARGS_NAMING_CONVENTION", "RUNPYTHON_MODEL_VARIABLE_NAME")


def is_wider(before: Any, after: Any) -> bool:
    """Whether a field holds every number that it held: more decimals, and no fewer whole digits."""
    if not (isinstance(before, DecimalField) and isinstance(after, DecimalField)):
        return False
    whole = [field.max_digits - field.decimal_places for field in (before, after)]
    return after.decimal_places >= before.decimal_places and whole[1] >= whole[0]


def widened(app: str, name: str) -> set[str]:
    """How SQL begins that gives the columns of a migration more room for numbers."""
    loader = MigrationLoader(None)
    before, after = (loader.project_state((app, name), at_end=end).apps for end in (False, True))
    columns = set()
    for operation in loader.get_migration(app, name).operations:
        if not isinstance(operation, AlterField):
            continue
        models = [apps.get_model(app, operation.model_name) for apps in (before, after)]
        fields = [model._meta.get_field(operation.name) for model in models]
        if is_wider(*fields):
            table, column = models[1]._meta.db_table, fields[1].column
            columns.add(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE numeric')
    return columns


def narrowed(app: str, name: str) -> set[str]:
    """How SQL begins that asks only of some rows what the code before asks of all: to be unique."""
    loader = MigrationLoader(None)
    before = loader.project_state((app, name), at_end=False).apps
    rules = set()
    for operation in loader.get_migration(app, name).operations:
        if isinstance(operation, AddConstraint) and is_narrower(operation, app, before):
            rule: Any = operation
            rules.add(f'CREATE UNIQUE INDEX "{rule.constraint.name}"')
    return rules


def is_narrower(operation: Any, app: str, before: Any) -> bool:
    rule = operation.constraint
    if not (isinstance(rule, UniqueConstraint) and rule.condition and len(rule.fields) == 1):
        return False
    model = before.get_model(app, operation.model_name)
    return bool(model._meta.get_field(rule.fields[0]).unique)


def lint(**which: str) -> bool:
    """Print what is wrong with these migrations; return whether they only add."""
    # It reads settings as soon as it is imported.
    from django_migration_linter import MigrationLinter

    class Linter(MigrationLinter):
        def get_sql(self, app_label: str, migration_name: str) -> list[str]:
            """Without what the code before does not notice, and the linter takes for a change."""
            harmless = (*widened(app_label, migration_name), *narrowed(app_label, migration_name))
            sql = super().get_sql(app_label, migration_name)
            return [line for line in sql if not line.startswith(harmless)]

    options: dict[str, Any] = {"no_cache": True, "exclude_migration_tests": (*LOCKS, *NAMES)}
    linter = Linter(str(settings.BASE_DIR), **options)
    linter.lint_all_migrations(**which)
    linter.print_summary()
    return not linter.has_errors


if __name__ == "__main__":
    os.environ["DATABASE_URL"] = database_url(start_postgresql(), "postgres")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "repairshop.settings")
    django.setup()
    sys.exit(not lint(git_commit_id=COMMIT.read_text().strip()))
