"""Where mailed links lead: whoever sends the form there has reached the mailbox."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView, View

from accounts.addresses import site_of
from accounts.changing import ask_for_check, take_check, take_new_email, undo_change
from accounts.checks import LinkDead, account_of, change_of, state_of
from accounts.events import SecurityEvent, tell
from accounts.forms import OpeningForm
from accounts.limits import CHECKS, OPENINGS, TooOften, check_limit
from accounts.mail import key_of
from accounts.models import User
from accounts.registering import open_account
from accounts.views import OPENING, current_user
from mail.sending import has_server
from mail.telling import gets_mail, sends_no_mail

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105


@method_decorator(never_cache, name="dispatch")
class RegisterSentView(TemplateView):
    """The same for whoever has opened an account, and for whoever has one already."""

    template_name = "accounts/register_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        opening = self.request.session.get(OPENING, {})
        go_on = opening.get("next", "")
        return super().get_context_data(next=go_on, mail_goes=has_server(), **kwargs)


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class CheckView(View):
    """Check the address of an account: of one that waits, one that is old, or one that changes."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = account_of(kwargs["token"])
        if user is None:
            return render(request, "accounts/check_dead.html")
        if not user.is_waiting:
            if not request.user.is_authenticated:
                return redirect_to_login(request.path)
            if request.user != user:
                return render(request, "accounts/check_other.html")
        self.user = user
        try:
            return super().dispatch(request, *args, **kwargs)
        except LinkDead:
            return render(request, "accounts/check_dead.html")

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(OpeningForm(user=self.user))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if not self.user.is_waiting:
            return self.check()
        if self.is_opener:
            return self.open()
        try:
            check_limit(OPENINGS, request, f"account {self.user.pk}")
        except TooOften as refusal:
            messages.error(request, refusal.sentence)
            return self.show(OpeningForm(user=self.user))
        form = OpeningForm(request.POST, user=self.user)
        return self.open() if form.is_valid() else self.show(form)

    @property
    def is_opener(self) -> bool:
        """Whether the account was opened in this browser, with the password that it has."""
        state = self.request.session.get(OPENING, {}).get("state", "")
        return constant_time_compare(state, state_of(self.user))

    def show(self, form: OpeningForm) -> HttpResponse:
        asks = self.user.is_waiting and not self.is_opener
        context = {"form": form if asks else None, "account": self.user}
        return render(self.request, "accounts/check.html", context)

    def open(self) -> HttpResponse:
        """Let the owner in, unless somebody is logged in here already."""
        open_account(user=self.user, site=site_of(self.request))
        tell(SecurityEvent.ADDRESS_CHECKED, self.user, self.request)
        go_on = self.request.session.pop(OPENING, {}).get("next", "")
        if self.request.user.is_authenticated:
            text = _("The account of %s is open. To use it, log out here first.")
            messages.success(self.request, text % self.user.email)
        else:
            login(self.request, self.user, backend=PASSWORD_BACKEND)
            messages.success(self.request, _("Welcome: your account is open."))
        return HttpResponseRedirect(go_on or resolve_url("accounts:profile"))

    def check(self) -> HttpResponse:
        if not self.user.new_email:
            take_check(user=self.user, request=self.request)
            messages.success(self.request, _("Thank you: your address is checked."))
            return redirect("accounts:profile")
        try:
            take_new_email(user=self.user, request=self.request)
        except IntegrityError:
            messages.error(self.request, _("There is another account with this address by now."))
            return redirect("accounts:profile")
        text = _("From now on you log in with your new e-mail address.")
        messages.success(self.request, text)
        return redirect("accounts:profile")


class CheckSendView(LoginRequiredMixin, View):
    """Mail the link once more, to whoever is logged in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        user: User = current_user(request)
        to = user.new_email or user.email
        if user.is_checked and not user.new_email:
            return redirect("accounts:profile")
        try:
            check_limit(CHECKS, request, to)
        except TooOften as refusal:
            messages.error(request, refusal.sentence)
        else:
            ask_for_check(user=user, request=request)
            goes, text = gets_mail(to), _("A link is on its way to %s.")
            messages.success(request, text % to if goes else sends_no_mail())
        return redirect("accounts:profile")


@method_decorator(never_cache, name="dispatch")
class EmailUndoView(View):
    """Take a change of address back, from the mailbox of the one before, whoever is logged in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        change = change_of(token)
        if change is None:
            return render(request, "accounts/undo_dead.html")
        return render(request, "accounts/undo.html", {"change": change})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Go on to where a new password is chosen: the old one may be known to somebody else."""
        change = change_of(token)
        if change is None:
            return render(request, "accounts/undo_dead.html")
        try:
            user = undo_change(change=change, request=request)
        except LinkDead:
            return render(request, "accounts/undo_dead.html")
        except IntegrityError:
            return render(request, "accounts/undo.html", {"change": change, "is_taken": True})
        if request.user == user:
            logout(request)
        uid, token = key_of(user)
        return redirect("accounts:password_reset_confirm", uidb64=uid, token=token)
