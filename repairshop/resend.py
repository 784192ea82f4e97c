"""Forms that could not be taken as they were sent: they come back filled, to be sent again.

A page may be older than the visitor's session: another tab has logged in or out meanwhile, or the
session has ended. What was typed is shown with a button; nobody but the visitor sends it.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from time import time
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.addresses import origin_of
from accounts.confirmation import ConfirmationNeeded
from accounts.cookies import COOKIES, Cookie, cookie_name
from accounts.limits import DRAFTS, TooOften, check_limit
from accounts.models import User
from bag.waitlist.forms import WaitlistForm
from invoices.orders.forms import CheckoutForm
from repairs_restorals.forms import DecisionForm, MessageForm
from repairshop.middleware import NextHandler
from typed.languages import page_at

KEPT = "sent without a session"
# A signed cookie: who has logged in last in this browser, and so has typed in its pages.
TYPED_BY = "typed_by"
COOKIES.append(
    Cookie(
        cookie_name(TYPED_BY),
        gettext_lazy("shows nobody what somebody else has typed in this browser"),
        timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
)
# What a visitor has written is kept that long for the log-in, and no more of it.
KEPT_SECONDS = 1800
MOST_CHARACTERS = 100_000
# Whoever has not logged in here before is a stranger, whose texts fill our disk.
MOST_OF_STRANGERS = 20_000
MOST_FIELDS = 1000
# Of pages that put their forms together themselves, those in which people write.
WRITTEN = (MessageForm, CheckoutForm, DecisionForm, WaitlistForm)
PASSWORD = "password"  # noqa: S105 (a part of the names of fields)


class Typed(NamedTuple):
    """A field as it was sent. `field` is how the form showed it, when that is known."""

    name: str
    value: str
    field: forms.Field | None

    @property
    def is_written(self) -> bool:
        """Whether it is for people to read, and not a choice or a number of the page's own."""
        hidden = isinstance(getattr(self.field, "widget", None), forms.HiddenInput)
        return isinstance(self.field, forms.CharField) and not hidden and bool(self.value)

    @property
    def is_long(self) -> bool:
        return isinstance(self.field and self.field.widget, forms.Textarea) or "\n" in self.value


class Sent(NamedTuple):
    """A form as it was sent: everything but passwords, of which only the names are left."""

    path: str
    texts: list[tuple[str, str]]
    passwords: list[str]
    files: list[str]
    # Whether it waited for its sender to say once more who they are, and not for a log-in.
    was_confirmed: bool = False

    @property
    def fields(self) -> list[Typed]:
        known = fields_at(self.path)
        return [Typed(name, value, known.get(name)) for name, value in self.texts]


def sent_with(request: HttpRequest) -> Sent:
    names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    texts = [
        (name, value)
        for name in names
        if PASSWORD not in name
        for value in request.POST.getlist(name)
    ]
    passwords = [name for name in names if PASSWORD in name]
    return Sent(request.get_full_path(), texts, passwords, [*request.FILES])


def fields_at(path: str) -> Mapping[str, forms.Field]:
    """How the form at an address shows its fields."""
    try:
        view = page_at(urlsplit(path).path).func
    except Resolver404:
        return {}
    form = getattr(getattr(view, "view_class", None), "form_class", None)
    known = [form] if form else WRITTEN
    return {name: field for each in reversed(known) for name, field in each.base_fields.items()}


def came_from_here(request: HttpRequest) -> bool:
    """Whether no header says that another site has sent this: its text is never shown as ours."""
    here = origin_of(request)
    origin = request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER")
    return origin is None or origin == here or origin.startswith(f"{here}/")


def ask_again(
    request: HttpRequest, sent: Sent, *, status: int = 200, is_busy: bool = False
) -> HttpResponse:
    return render(request, "resend.html", {"sent": sent, "is_busy": is_busy}, status=status)


@never_cache
@require_safe
def resend(request: HttpRequest) -> HttpResponse:
    """Where whoever has logged in again finds what was sent before."""
    kept = request.session.get(KEPT)
    if not request.user.is_authenticated:
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}")
    if kept is None or kept["at"] < time() - KEPT_SECONDS:
        messages.info(request, _("There is nothing that waits to be sent."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return ask_again(request, Sent(kept["path"], *kept["fields"]))


class KeepWhatWasSentMiddleware:
    """A form that is sent without a session waits for the log-in to which its sender is led."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if user := getattr(request, "logged_in_now", None):
            remember_typist(response, user)
        if request.method == "POST" and isinstance(response, HttpResponseRedirect):
            page, _mark, query = response.url.partition("?")
            leads_back = f"next={request.path}" in query.replace("%2F", "/")
            if page in set(log_in_pages()) and leads_back and not is_draft(request):
                return self.keep(request, response, page)
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Ask whoever it is for the password, and lead them back to what they were doing."""
        if not isinstance(problem, ConfirmationNeeded):
            return None
        back = request.get_full_path()
        if request.method == "POST":
            is_kept = keep_sent(request, for_confirmation=True)
            back = reverse("resend") if is_kept else request.path
        return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': back})}")

    def keep(self, request: HttpRequest, response: HttpResponse, page: str) -> HttpResponse:
        if request.user.is_authenticated or not keep_sent(request):
            return response
        messages.info(
            request, _("You are not logged in any more. What you have sent is kept until you are.")
        )
        return redirect(f"{page}?{urlencode({'next': reverse('resend')})}")


def remember_typist(response: HttpResponse, user: User) -> None:
    response.set_signed_cookie(
        cookie_name(TYPED_BY),
        str(user.pk),
        salt=TYPED_BY,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@receiver(user_logged_in, dispatch_uid="repairshop.forget_what_others_typed")
def forget_what_others_typed(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Whoever shares a browser sees nothing of what another one wrote in it.

    Where nobody has logged in before, nobody knows whose text it is: it stays.
    """
    if request is None:
        return
    request.logged_in_now = user  # type: ignore[attr-defined]
    kept = request.session.get(KEPT)
    if kept and kept.get("by") not in {None, "", str(user.pk)}:
        del request.session[KEPT]


def keep_sent(request: HttpRequest, *, for_confirmation: bool = False) -> bool:
    """Keep what was sent in the session, unless it is nothing, too much, or too often."""
    sent = sent_with(request)
    size = sum(len(name) + len(value) for name, value in sent.texts)
    typist = typist_of(request)
    most = MOST_CHARACTERS if typist or for_confirmation else MOST_OF_STRANGERS
    if size > most or len(sent.texts) > MOST_FIELDS or not (sent.texts or sent.files):
        return False
    try:
        if not for_confirmation:
            check_limit(DRAFTS, request, "")
    except TooOften:
        return False
    fields = [sent.texts, sent.passwords, sent.files, for_confirmation]
    request.session[KEPT] = {"path": sent.path, "fields": fields, "at": time(), "by": typist}
    return True


def typist_of(request: HttpRequest) -> str:
    """Who has logged in last in this browser; "" when nobody has."""
    # The second is its name of the release before.
    names = (cookie_name(TYPED_BY), TYPED_BY)
    return next(filter(None, (request.get_signed_cookie(n, "", salt=TYPED_BY) for n in names)), "")


def log_in_pages() -> Iterator[str]:
    yield resolve_url(settings.LOGIN_URL)
    yield reverse("admin:login")


def is_draft(request: HttpRequest) -> bool:
    """Whether the page keeps by itself what is typed, for visitors who have no account yet."""
    return request.path == reverse("repairs:ticket-create")
