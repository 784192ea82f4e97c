"""Passwords that are guessed: each account, each network and all together make guessers wait.

django-axes counts one account from one address. It does not see one account that is tried from
many addresses, nor many accounts from one. Here each wrong password doubles the pause, and
in time it is forgotten. Nobody is locked out: in a browser in which somebody has logged in before,
only that browser's own wrong passwords count, and a new password by mail ends the pause.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, NoReturn

from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.logins.services import known_secret
from accounts.models import Guesses, User
from accounts.networks import client_address, network_of
from accounts.throttling import login_name

LONGEST_PAUSE = timedelta(minutes=15)
# Wrong passwords are forgotten one by one, in this time each.
FORGOTTEN_AFTER = timedelta(minutes=5)
KEPT_FOR = timedelta(days=1)


class Free(NamedTuple):
    """How many wrong passwords cost nothing: usually, and while somebody tries all accounts."""

    usually: int
    under_attack: int


ACCOUNT, NETWORK, BROWSER = Free(10, 5), Free(20, 5), Free(5, 5)
# So many wrong passwords in the whole shop, beyond those that time forgets, are an attack.
ATTACK = 200
FORGOTTEN_OF_ALL_AFTER = timedelta(seconds=20)
ALL = "all"


def key_of(kind: str, of: str) -> str:
    """Whom a row is about is not for those who read the table."""
    return f"{kind} {salted_hmac('accounts.guessing', of).hexdigest()[:40]}"


def left_of(row: Guesses, forgotten_after: timedelta = FORGOTTEN_AFTER) -> float:
    """How many wrong passwords are not forgotten yet."""
    return max(0.0, row.count - (timezone.now() - row.failed_at) / forgotten_after)


def counted_for(request: HttpRequest, name: str) -> dict[str, Free]:
    """What counts the guesses of a visitor at an account."""
    if secret := known_secret(request, user__email=name):
        return {key_of("browser", f"{secret} {name}"): BROWSER}
    network = network_of(client_address(request))
    return {key_of("account", name): ACCOUNT, key_of("network", network): NETWORK}


def paused_until(request: HttpRequest, name: str) -> datetime | None:
    """When the next password may be tried, or None when one may be now."""
    keys = counted_for(request, name)
    rows = {row.key: row for row in Guesses.objects.filter(key__in=[*keys, ALL])}
    everything = rows.pop(ALL, None)
    attacked = everything is not None and left_of(everything, FORGOTTEN_OF_ALL_AFTER) > ATTACK
    ends = [
        row.failed_at + pause_after(left_of(row), keys[key], attacked=attacked)
        for key, row in rows.items()
    ]
    until = max(ends, default=None)
    return until if until and until > timezone.now() else None


def pause_after(count: float, free: Free, *, attacked: bool) -> timedelta:
    """None at first, then a second, and twice as long with each more."""
    beyond = round(count) - (free.under_attack if attacked else free.usually)
    if beyond < 0:
        return timedelta(0)
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(beyond, 20)))


@transaction.atomic
def count_wrong_password(request: HttpRequest, name: str) -> None:
    for key in sorted([*counted_for(request, name), ALL]):
        Guesses.objects.bulk_create(
            [Guesses(key=key, count=0, failed_at=timezone.now())], ignore_conflicts=True
        )
        row = Guesses.objects.select_for_update().get(pk=key)
        row.count = left_of(row, FORGOTTEN_OF_ALL_AFTER if key == ALL else FORGOTTEN_AFTER) + 1
        row.failed_at = timezone.now()
        row.save()


def forgive_guesses(user: User) -> None:
    """Forget wrong passwords at an account whose owner has just set a new one."""
    Guesses.objects.filter(key=key_of("account", user.email)).delete()


def forget_guesses() -> int:
    """Forget what was long ago. For the timer."""
    return Guesses.objects.filter(failed_at__lt=timezone.now() - KEPT_FOR).delete()[0]


class PausingBackend:
    """Stands before those that look at passwords, and refuses while somebody has to wait.

    It has no `get_user`, so that Django logs nobody in by it.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, **credentials: Any
    ) -> None:
        if request is None or username is None:
            return
        until = paused_until(request, login_name(request, {"username": username}))
        if until:
            self.refuse(request, until)

    def refuse(self, request: HttpRequest, until: datetime) -> NoReturn:
        # The page of django-axes says until when; see `accounts.views.locked_out`.
        request.paused_until = until  # type: ignore[attr-defined]
        request.axes_locked_out = True  # type: ignore[attr-defined]
        raise PermissionDenied


@receiver(user_login_failed, dispatch_uid="accounts.count_wrong_password")
def count_failure(
    credentials: Mapping[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    if request is None or getattr(request, "axes_locked_out", False):
        return
    count_wrong_password(request, login_name(request, credentials))


def is_waved_through(request: HttpRequest, credentials: Mapping[str, Any] | None) -> bool:
    """Whose tries django-axes does not count: who waits already, and known browsers."""
    if getattr(request, "paused_until", None):
        return True
    return bool(known_secret(request, user__email=login_name(request, credentials)))
