"""The pages of the second factor: asked for at log-in, set up, looked at."""

from base64 import b32encode
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View
from django_otp.models import Device
from django_otp_webauthn.models import WebAuthnCredential

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.factors import passkeys
from accounts.factors.codes import PageIsOld, codes_left, make_codes, page_for
from accounts.factors.devices import factors_of, has_factor, is_verified
from accounts.factors.forms import AppForm, CodeForm, key_of, signed_key
from accounts.factors.services import (
    LastFactor,
    NotTheFirst,
    TooManyFactors,
    add_app,
    address_for_app,
    has_room,
    must_have_factor,
    must_wait_until,
    remove_factor,
    try_code,
)
from accounts.factors.session import half_logged_in, let_in
from accounts.limits import FACTORS, TooOften, check_limit, refuse_too_often
from accounts.logins.services import end_other_logins
from accounts.models import User
from accounts.views import NextMixin, current_user


def owner_of_setup(request: HttpRequest) -> User | None:
    """Who may add a factor here: whoever is in, or has none yet and is on the way in."""
    if request.user.is_authenticated:
        return current_user(request)
    user = half_logged_in(request)
    return None if user is None or has_factor(user) else user


class OwnerMixin(NextMixin):
    """A page about the factors of `owner`, who may have given no more than the password."""

    owner: User

    def find_owner(self, request: HttpRequest) -> User | None:
        return half_logged_in(request)

    @method_decorator([never_cache, sensitive_post_parameters("code", "key")])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        owner = self.find_owner(request)
        if owner is None and request.user.is_authenticated:
            return redirect(self.get_success_url())
        if owner is None:
            return redirect_to_login(self.get_redirect_url())
        self.owner = owner
        if request.user.is_authenticated:
            require_confirmation(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = {"owner": self.owner, "next": self.get_redirect_url()}
        context: dict[str, Any] = super().get_context_data(**more, **kwargs)  # type: ignore[misc]
        return {**context, "passkeys_possible": passkeys.are_possible(self.request)}

    def way_on(self) -> str:
        """Where to go once the factor is there: past the recovery codes, if there are none."""
        if codes_left(self.owner):
            return self.get_success_url()
        return f"{reverse('accounts:recovery-codes')}?{urlencode({'next': self.get_success_url()})}"


def clock_of(moment: datetime) -> str:
    """To the second: the first waits are that short."""
    return date_format(localtime(moment), "H:i:s")


class FactorView(OwnerMixin, FormView):
    """Asks for the second factor. Works without scripts; a passkey needs them."""

    form_class = CodeForm
    template_name = "accounts/factors/ask.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_factor(self.owner):
            query = urlencode({"next": self.get_redirect_url()})
            return redirect(f"{reverse('accounts:factor-setup')}?{query}")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_passkey = WebAuthnCredential.objects.filter(user=self.owner).exists()
        return super().get_context_data(has_passkey=has_passkey, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        code = form.cleaned_data["code"]
        try:
            check_limit(FACTORS, self.request, f"user {self.owner.pk}")
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        if until := must_wait_until(self.owner, code):
            # Nobody has looked at it: it may be the right one.
            words = _("Too soon after a wrong code. Try again after %s.") % clock_of(until)
            form.add_error("code", words)
        elif device := try_code(self.owner, code):
            let_in(self.request, self.owner, device)
            return redirect(self.way_on())
        else:
            form.add_error("code", self.refusal(code))
        tell(SecurityEvent.FACTOR_REFUSED, self.owner, self.request)
        return self.form_invalid(form)

    def refusal(self, code: str) -> ValidationError:
        if until := must_wait_until(self.owner, code):
            words = _("This code is not right. Try the next one after %s.")
            return ValidationError(words % clock_of(until))
        return ValidationError(
            _("This code is not right. Codes of the app change every 30 seconds.")
        )


class SetupView(OwnerMixin, FormView):
    """Adds an authenticator app or a passkey; at the first log-in of staff it stands in the way."""

    form_class = AppForm
    template_name = "accounts/factors/setup.html"

    def find_owner(self, request: HttpRequest) -> User | None:
        return owner_of_setup(request)

    def get_default_redirect_url(self) -> str:
        return reverse("accounts:factors")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.owner}

    def get_initial(self) -> dict[str, Any]:
        return {"key": signed_key(self.owner)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form: AppForm = context["form"]
        key = key_of(str(form["key"].value()), self.owner)
        if not key:
            # The page has stood open too long: it begins anew.
            fresh = signed_key(self.owner)
            form.data = {"code": form.data.get("code", ""), "key": fresh}
            key = key_of(fresh, self.owner)
        letters = b32encode(bytes.fromhex(key)).decode()
        spaced = " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))
        code = segno.make_qr(address_for_app(self.owner, key)).svg_data_uri(border=2, scale=5)
        return {**context, "qr_code": code, "key": spaced, "must": must_have_factor(self.owner)}

    def form_valid(self, form: AppForm) -> HttpResponse:
        key = key_of(form.cleaned_data["key"], self.owner)
        code = form.cleaned_data["code"]
        try:
            check_limit(FACTORS, self.request, f"user {self.owner.pk}")
            device = key and add_app(user=self.owner, key=key, code=code, request=self.request)
        except TooOften as refusal:
            return refuse_too_often(self, form, refusal)
        except (NotTheFirst, TooManyFactors) as refusal:
            form.add_error(None, refusal.sentence)
            return self.form_invalid(form)
        if not device:
            words = _("This is not what the app shows now. Check its clock, and scan anew.")
            form.add_error("code", words)
            return self.form_invalid(form)
        return redirect(settle_in(self, device))


def settle_in(view: OwnerMixin, device: Device) -> str:
    """Let whoever has just added a factor in by it; return where to go on."""
    if not is_verified(view.request):
        let_in(view.request, view.owner, device)
    # Those have got in without it.
    end_other_logins(view.request, view.owner)
    return view.way_on()


@method_decorator(never_cache, name="dispatch")
class FactorListView(LoginRequiredMixin, View):
    """The factors somebody has; each may go, but the last one of staff."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = current_user(request)
        devices = factors_of(user)
        context = {
            "devices": devices,
            "codes_left": codes_left(user),
            "may_remove": len(devices) > 1 or not must_have_factor(user),
            "full": "" if has_room(user) else TooManyFactors().sentence,
        }
        return render(request, "accounts/factors/list.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        require_confirmation(request)
        user, factor = current_user(request), request.POST.get("factor", "")
        try:
            is_removed = remove_factor(user=user, factor=factor, request=request)
        except LastFactor as refusal:
            messages.error(request, refusal.sentence)
        else:
            if is_removed:
                messages.success(request, _("Removed."))
            else:
                messages.info(request, _("It is gone already."))
        return redirect("accounts:factors")


@method_decorator(never_cache, name="dispatch")
class RecoveryCodesView(NextMixin, LoginRequiredMixin, View):
    """Makes recovery codes and shows them this once; see `accounts.factors.codes`."""

    def get_default_redirect_url(self) -> str:
        return reverse("accounts:factors")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not has_factor(current_user(request)):
            return redirect("accounts:factors")
        return super().dispatch(request, *args, **kwargs)

    def page(self, **context: Any) -> HttpResponse:
        user = current_user(self.request)
        known = {"page": page_for(user), "codes_left": codes_left(user)}
        whole = {"way_on": self.get_success_url(), **known, **context}
        return render(self.request, "accounts/factors/codes.html", whole)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        require_confirmation(request)
        user, page = current_user(request), request.POST.get("page", "")
        try:
            return self.page(codes=make_codes(user=user, page=page, request=request))
        except PageIsOld as refusal:
            messages.error(request, refusal.sentence)
            return self.page()
