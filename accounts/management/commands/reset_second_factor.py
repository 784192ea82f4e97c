from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.factors.services import reset_factors
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Take the second factors and recovery codes of somebody away who has lost them. Make sure "
        "first that it is them who ask. Their next log-in, by password, sets up new ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail address that they log in with")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            raise CommandError(f"Nobody logs in as {email}.") from None
        count = reset_factors(user)
        self.stdout.write(f"{count} taken away. {user.email} was told by mail.")
