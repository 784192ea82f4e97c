"""The control of row 8: an app that starts the timer in `ready()`, as many do."""

from django.apps import AppConfig

from bench.torture.settings import *  # noqa: F403
from bench.torture.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.torture.eager.Eager"]


class Eager(AppConfig):
    name = "bench.torture"

    def ready(self) -> None:
        from repairshop import timer

        timer.start()
