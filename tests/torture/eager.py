"""The control of row 8: an app that starts the timer in `ready()`, as many do."""

from django.apps import AppConfig

from tests.torture.settings import *  # noqa: F403
from tests.torture.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.torture.eager.Eager"]


class Eager(AppConfig):
    name = "tests.torture"

    def ready(self) -> None:
        from repairshop import timer

        timer.start()
