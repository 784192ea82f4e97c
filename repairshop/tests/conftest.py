import signal
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings as of_the_shop
from django.db import connection
from pytest_django.fixtures import Settings


@pytest.fixture
def queue(transactional_db: None, settings: Settings) -> Iterator[None]:
    """The shop with TIMER=tasks, and the table of its engine for as long as the test runs."""
    settings.TIMER_BY_TASKS = True
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.INSTALLED_APPS = ["django_tasks_db", *of_the_shop.INSTALLED_APPS]
    model = apps.get_model("django_tasks_database", "DBTaskResult")
    with connection.schema_editor() as editor:
        editor.create_model(model)
    # A worker listens to them; after the test, pytest does again.
    numbers = signal.SIGINT, signal.SIGTERM, signal.SIGQUIT
    handlers = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, handlers, strict=True):
        signal.signal(number, handler)
    with connection.schema_editor() as editor:
        editor.delete_model(model)
