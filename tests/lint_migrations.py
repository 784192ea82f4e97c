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

from tests.environment import database_url, start_postgresql
from tests.release_before import COMMIT

# A release that must not pause is not what these speak of; our tables are small.
LOCKS = ("CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "DROP_INDEX", "REINDEX")
# Matters of taste, which ruff and review settle.
NAMES = ("RUNPYTHON_ARGS_NAMING_CONVENTION", "RUNPYTHON_MODEL_VARIABLE_NAME")


def lint(**which: str) -> bool:
    """Print what is wrong with these migrations; return whether they only add."""
    # It reads settings as soon as it is imported.
    from django_migration_linter import MigrationLinter

    options: dict[str, Any] = {"no_cache": True, "exclude_migration_tests": (*LOCKS, *NAMES)}
    linter = MigrationLinter(str(settings.BASE_DIR), **options)
    linter.lint_all_migrations(**which)
    linter.print_summary()
    return not linter.has_errors


if __name__ == "__main__":
    os.environ["DATABASE_URL"] = database_url(start_postgresql(), "postgres")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "repairshop.settings")
    django.setup()
    sys.exit(not lint(git_commit_id=COMMIT.read_text().strip()))
