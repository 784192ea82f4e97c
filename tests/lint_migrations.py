"""Whether the migrations since the last release only add; `make lint` runs it.

It judges the SQL for PostgreSQL, so it starts one. What changes no table, such as a model that
gets another name and keeps its table, has no SQL and passes. A constraint is not judged: whether
the code before keeps it, test_last_release.py shows.
"""

import logging
import os
import subprocess
import sys
import tempfile
from functools import cache
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
PASSED = (*LOCKS, *NAMES)


def since(commit: str) -> list[str]:
    """Files of migrations that a commit has not: also what git does not keep yet."""
    there = git("ls-files", "-co", "--exclude-standard", "*/migrations/0*.py")
    return sorted({*there} - {*git("ls-tree", "-r", "--name-only", commit)})


def git(*words: str) -> list[str]:
    done = subprocess.run(
        ["git", *words], cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()


def is_wider(before: Any, after: Any) -> bool:
    """Whether a field holds every number that it held: more decimals, and no fewer whole digits."""
    if not (isinstance(before, DecimalField) and isinstance(after, DecimalField)):
        return False
    whole = [field.max_digits - field.decimal_places for field in (before, after)]
    return after.decimal_places >= before.decimal_places and whole[1] >= whole[0]


@cache
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def operations(app: str, name: str, kind: type) -> list[Any]:
    return [each for each in loader().get_migration(app, name).operations if isinstance(each, kind)]


def apps_at(app: str, name: str, *, at_end: bool) -> Any:
    return loader().project_state((app, name), at_end=at_end).apps


def widened(app: str, name: str) -> set[str]:
    """How SQL begins that gives the columns of a migration more room for numbers."""
    if not (altered := operations(app, name, AlterField)):
        return set()
    before, after = (apps_at(app, name, at_end=end) for end in (False, True))
    columns = set()
    for operation in altered:
        models = [apps.get_model(app, operation.model_name) for apps in (before, after)]
        fields = [model._meta.get_field(operation.name) for model in models]
        if is_wider(*fields):
            table, column = models[1]._meta.db_table, fields[1].column
            columns.add(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE numeric')
    return columns


def narrowed(app: str, name: str) -> set[str]:
    """How SQL begins that asks only of some rows what the code before asks of all: to be unique."""
    if not (added := operations(app, name, AddConstraint)):
        return set()
    before = apps_at(app, name, at_end=False)
    narrower = [each for each in added if is_narrower(each, app, before)]
    return {f'CREATE UNIQUE INDEX "{each.constraint.name}"' for each in narrower}


def is_narrower(operation: Any, app: str, before: Any) -> bool:
    rule = operation.constraint
    if not (isinstance(rule, UniqueConstraint) and rule.condition and len(rule.fields) == 1):
        return False
    model = before.get_model(app, operation.model_name)
    return bool(model._meta.get_field(rule.fields[0]).unique)


def lint_new_ones() -> bool:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("\n".join(since(COMMIT.read_text().strip())))
        names.flush()
        return lint(migrations_file_path=names.name)


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

        def print_errors(self, errors: list[Any]) -> None:
            super().print_errors([error for error in errors if error.code not in PASSED])

    # One line for each of a hundred that are right would hide the one that is not.
    logging.getLogger("django_migration_linter").setLevel(logging.WARNING)
    options: dict[str, Any] = {
        "no_cache": True,
        "exclude_migration_tests": PASSED,
        "quiet": ("ok", "ignore"),
    }
    linter = Linter(str(settings.BASE_DIR), **options)
    linter.lint_all_migrations(**which)
    linter.print_summary()
    return not linter.has_errors


if __name__ == "__main__":
    os.environ["DATABASE_URL"] = database_url(start_postgresql(), "postgres")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "repairshop.settings")
    django.setup()
    if not lint_new_ones():
        sys.exit(
            "The version before must serve on it, too: see “A migration”, docs/development.md."
        )
