from typing import Any

from django.core.management.base import BaseCommand

from store.pictures.refining import refine_pictures


class Command(BaseCommand):
    help = (
        "Makes the AVIF files and newer sizes of all pictures now, which the timer does bit by bit."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        while refined := refine_pictures(20):
            done += refined
        self.stdout.write(f"{done} refined")
