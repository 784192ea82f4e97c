"""What a session knows of the second factor, and who is who before it was given.

Django's log-in says in the session whose password was right. Whoever still owes the second factor
is nobody on every page, not only in the admin: no view has to ask.
"""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

import django_otp
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django_otp.models import Device

from accounts.confirmation import confirm
from accounts.events import SecurityEvent, tell
from accounts.factors.devices import OWED, has_factor
from accounts.factors.services import must_have_factor
from accounts.logins.session import arrive
from accounts.models import User


@receiver(user_logged_in, dispatch_uid="accounts.owe_factor")
def owe_factor(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Whoever has a factor is asked for it, who must have one is asked to set it up."""
    if request is None:
        return
    if must_have_factor(user) or has_factor(user):
        request.session[OWED] = True
    else:
        arrive(request, user)


def owes_factor(request: HttpRequest, user: Any) -> bool:
    """Whether more than the password is needed: also of sessions from before it was asked for."""
    if not user.is_authenticated or user.is_verified():
        return False
    return must_have_factor(user) or OWED in request.session


def half_logged_in(request: HttpRequest) -> User | None:
    """Who has given the password and owes the second factor."""
    if request.user.is_authenticated:
        return None
    user = auth.get_user(request)
    return user if user.is_authenticated else None


def let_in(request: HttpRequest, user: User, device: Device) -> None:
    """Log in whole. The session gets another key, so that nothing overheard before is of use."""
    request.user = user
    django_otp.login(request, device)
    request.session.pop(OWED, None)
    confirm(request)
    rotate_token(request)
    arrive(request, user)
    tell(SecurityEvent.FACTOR_PASSED, user, request, device.name)


class SecondFactorMiddleware:
    """Stands behind those of Django and django-otp that say who somebody is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found: Any = request.user

        def whole() -> Any:
            return AnonymousUser() if owes_factor(request, found) else found

        request.user = cast(Any, SimpleLazyObject(whole))
        pages = {resolve_url("accounts:login"), reverse("admin:login")}
        if request.method == "GET" and request.path in pages and half_logged_in(request):
            query = urlencode({"next": request.GET.get("next", "")})
            return redirect(f"{reverse('accounts:factor')}?{query}")
        return self.get_response(request)
