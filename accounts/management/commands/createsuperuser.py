"""Django's command, but for what it asks of the password: whoever may all is one of the staff."""

import os
from typing import Any, cast

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError

from accounts.models import User


class StaffModel:
    """The model of people, whose new ones are staff already while their password is looked at."""

    def __getattr__(self, name: str) -> Any:
        return getattr(User, name)

    def __call__(self, **fields: Any) -> User:
        return User(**{**fields, "is_staff": True})


class Command(createsuperuser.Command):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.UserModel = cast(Any, StaffModel())

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at a password from the environment, too, which Django takes as it is."""
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        if password and not options["interactive"]:
            try:
                validate_password(password, User(is_staff=True))
            except ValidationError as problem:
                raise CommandError(" ".join(problem.messages)) from problem
        super().handle(*args, **options)
