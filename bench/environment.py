import os

from tests.environment import TEST_ENVIRONMENT


def prepare() -> None:
    """Put production settings into the environment, before Django reads them."""
    os.environ.update(TEST_ENVIRONMENT)
    os.environ.update(
        {
            "DEBUG": "False",
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATABASE_URL": "sqlite://:memory:",
        }
    )
