from collections.abc import Mapping
from math import ceil
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.changing import ask_for_email
from accounts.confirmation import confirm
from accounts.contact_fields import RESHAPE
from accounts.forms import (
    ConfirmedForm,
    EmailForm,
    LoginForm,
    NewPasswordForm,
    OwnPasswordForm,
    PasswordChangedMeanwhile,
    ProfileForm,
    RegisterForm,
    ResetForm,
)
from accounts.guessing import forgive_guesses
from accounts.limits import CHECKS, REGISTRATIONS, RESETS, TooOften, check_limit, refuse_too_often
from accounts.models import Customer, User
from accounts.password_links import password_links
from accounts.registering import ask_for_new_password, register
from accounts.services import (
    address_was_reached,
    deactivate_account,
    password_was_changed,
    reopen_account,
    save_profile,
)
from accounts.throttling import forgive_failures, locked_until
from mail.sending import has_server
from mail.telling import gets_mail, sends_no_mail

# What a browser keeps that has opened an account, until the mailed link is followed.
OPENING = "opened account"


def current_user(request: HttpRequest) -> User:
    """Who is logged in, read anew: what a form refused must not stay in the page's header."""
    return User.objects.get(pk=cast(User, request.user).pk)


def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: Mapping[str, Any] | None
) -> HttpResponse:
    """Say until when this address may not try this account. Called by django-axes."""
    until = locked_until(request, credentials)
    seconds = max(1, ceil((until - timezone.now()).total_seconds()))
    context = {"minutes": ceil(seconds / 60), "seconds": seconds}
    page = render(request, "accounts/locked_out.html", context, status=429)
    page["Retry-After"] = str(seconds)
    return page


class NextMixin(auth_views.RedirectURLMixin):
    """Go on to `next` if it is a page of this site, but not round in a circle."""

    request: HttpRequest

    def get_redirect_url(self) -> str:
        url = super().get_redirect_url()
        return "" if urlsplit(url).path == self.request.path else url

    def get_default_redirect_url(self) -> str:
        """Staff to the front desk, also those who have given no more than the password."""
        user = getattr(self, "owner", None) or self.request.user
        return resolve_url("admin:index" if user.is_staff else settings.LOGIN_REDIRECT_URL)


class LoginView(NextMixin, auth_views.LoginView):
    form_class = LoginForm
    redirect_authenticated_user = True


def remember_opening(request: HttpRequest, *, state: str, go_on: str) -> None:
    """Know the browser when the link is followed in it, and then go on to where it was going."""
    request.session[OPENING] = {"state": state, "next": go_on}


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class RegisterView(NextMixin, FormView):
    form_class = RegisterForm
    template_name = "accounts/register.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, next=self.get_redirect_url())

    def form_valid(self, form: RegisterForm) -> HttpResponse:
        """Answer alike whether the address has an account or not: its mailbox hears which."""
        user: User = form.instance
        try:
            check_limit(REGISTRATIONS, self.request, user.email)
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        user.set_password(form.cleaned_data["password"])
        state = register(filled_in=user, request=self.request)
        remember_opening(self.request, state=state, go_on=self.get_redirect_url())
        return redirect("accounts:register-sent")


@method_decorator(never_cache, name="dispatch")
class ProfileView(LoginRequiredMixin, FormView):
    form_class = ProfileForm
    template_name = "accounts/profile.html"
    success_url = reverse_lazy("accounts:profile")

    def get_form_kwargs(self) -> dict[str, Any]:
        user = current_user(self.request)
        customer = Customer.objects.filter(user=user).first() or Customer(user=user)
        return {**super().get_form_kwargs(), "instance": customer, "initial": {"name": user.name}}

    def get_form(self, form_class: Any = None) -> ProfileForm:
        kwargs = self.get_form_kwargs()
        if RESHAPE in self.request.POST:
            return ProfileForm.reshaped(self.request.POST, instance=kwargs["instance"])
        return ProfileForm(**kwargs)

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        contact = dict(form.cleaned_data)
        name = contact.pop("name")
        save_profile(user=current_user(self.request), name=name, contact=contact)
        messages.success(self.request, _("Saved."))
        return super().form_valid(form)


@method_decorator(never_cache, name="dispatch")
class ConfirmedView(LoginRequiredMixin, FormView):
    """A page the form of which asks for the password."""

    form_class = ConfirmedForm

    @method_decorator(sensitive_post_parameters("password"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}


class ConfirmView(NextMixin, ConfirmedView):
    """Asks for the password once more, before something that matters goes on."""

    template_name = "accounts/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, next=self.get_redirect_url())

    def form_valid(self, form: ConfirmedForm) -> HttpResponse:
        confirm(self.request)
        return HttpResponseRedirect(self.get_success_url())


class EmailView(ConfirmedView):
    form_class = EmailForm
    template_name = "accounts/email.html"
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form: ConfirmedForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        try:
            check_limit(CHECKS, self.request, email)
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        ask_for_email(user=current_user(self.request), email=email, request=self.request)
        text = _("We have mailed a link to %s. Follow it, and that is your address.")
        goes = gets_mail(email)
        messages.success(self.request, text % email if goes else sends_no_mail())
        return super().form_valid(form)


class DeactivateView(ConfirmedView):
    template_name = "accounts/deactivate.html"

    def form_valid(self, form: ConfirmedForm) -> HttpResponse:
        deactivate_account(user=current_user(self.request))
        logout(self.request)
        messages.success(self.request, _("Your account is closed."))
        return redirect("accounts:login")


@method_decorator(never_cache, name="dispatch")
class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = OwnPasswordForm
    success_url = reverse_lazy("accounts:password_change_done")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = super().form_valid(form)
        except PasswordChangedMeanwhile:
            # As any other page of whoever was logged in with the one before.
            logout(self.request)
            text = _("Another password was set meanwhile. Log in with that one.")
            messages.error(self.request, text)
            return redirect(settings.LOGIN_URL)
        password_was_changed(user=form.user, request=self.request)
        return answer


class PasswordResetView(auth_views.PasswordResetView):
    form_class = ResetForm
    success_url = reverse_lazy("accounts:password_reset_done")

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"]
        try:
            check_limit(RESETS, self.request, email)
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        ask_for_new_password(email=email, request=self.request)
        return HttpResponseRedirect(self.get_success_url())


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    form_class = NewPasswordForm
    token_generator = password_links
    success_url = reverse_lazy("accounts:password_reset_complete")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = super().form_valid(form)
        except PasswordChangedMeanwhile:
            # The link is used up: it holds for the password and the address of then.
            self.validlink = False
            return self.render_to_response(self.get_context_data())
        forgive_failures(form.user)
        forgive_guesses(form.user)
        password_was_changed(user=form.user, request=self.request)
        # Without a server the link was handed over, or printed: that says nothing of the address.
        if has_server():
            address_was_reached(user=form.user)
        if reopen_account(user=form.user):
            messages.success(self.request, _("Your account is open again."))
        return answer
