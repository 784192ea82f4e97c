from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from invoices.documents.drafts import missing_invoices, open_missing_invoices


class Command(BaseCommand):
    """Finds what signals cannot: `bulk_create` sends none, and fixtures may come without invoices.

    And what a release before has left: drafts of orders without their lines. Nobody is mailed.

    A command rather than a system check: a check runs before every other command, `migrate`
    among them, when the tables may not be there yet, and would read all tickets each time.
    """

    help = (
        "Open the draft invoices of tickets and orders that have none, and fill those without "
        "lines. Safe to run at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="only name them, and end with status 1 when there are any",
        )

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        if dry_run:
            missing = [self.report(subject) for subject in missing_invoices()]
            if missing:
                raise CommandError(_("Without an invoice: %d") % len(missing))
            self.stdout.write(_("Every ticket and order has its invoice."))
            return
        opened = [self.report(invoice.subject) for invoice in open_missing_invoices()]
        self.stdout.write(_("Invoices opened: %d") % len(opened))

    def report(self, subject: object) -> str:
        self.stdout.write(name := str(subject))
        return name
