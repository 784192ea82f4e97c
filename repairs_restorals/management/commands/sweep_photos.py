from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from repairs_restorals.models.photos import private_storage
from repairs_restorals.photo_orphans import lost_photos, stray_files
from store.pictures.files import remove


class Command(BaseCommand):
    help = "Removes files of photos that belong to no ticket, and names photos without files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list them, remove nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        """Exit status 1 when a photo has lost a file: only a backup brings that back."""
        strays = stray_files()
        for name in strays:
            self.stdout.write(name)
        if not dry_run:
            remove(private_storage(), strays)
        self.stdout.write(f"{len(strays)} {'would be ' if dry_run else ''}removed")
        if lost := lost_photos():
            names = ", ".join(f"{photo.pk} of {photo.ticket.reference}" for photo in lost)
            raise CommandError(f"Photos without a file: {names}", returncode=1)
