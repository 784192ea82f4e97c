from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.retention import Over, retain_all, what_is_over


class Command(BaseCommand):
    help = "Take away all personal data whose time is over, as the timer does bit by bit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how much that is, and since when"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            for over in what_is_over():
                self.stdout.write(f"{over.rule.name}: {over.number}{since_when(over)}")
            return
        for name, taken in retain_all().items():
            self.stdout.write(f"{name}: {taken}")


def since_when(over: Over) -> str:
    if over.since is None:
        return ""
    days = max(0, (timezone.now() - over.since).days)
    since = {"day": date_format(timezone.localtime(over.since), "DATE_FORMAT"), "days": days}
    words = ngettext(
        ", over since %(day)s (%(days)d day)", ", over since %(day)s (%(days)d days)", days
    )
    return words % since
