"""What `passkeys.js` asks for: a passkey is made, or shown."""

import json
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View
from django_otp.models import Device
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.utils import rewrite_exceptions

from accounts.events import SecurityEvent, tell
from accounts.factors import passkeys
from accounts.factors.services import (
    NotTheFirst,
    TooManyFactors,
    has_room,
    make_room,
    told_of_addition,
)
from accounts.factors.session import let_in
from accounts.factors.views import OwnerMixin, owner_of_setup, settle_in
from accounts.limits import FACTORS, TooOften, check_limit
from accounts.locking import AccountGone
from accounts.models import User

# What the library, or the database, makes of an answer that no browser has given.
NONSENSE = (
    OTPWebAuthnApiError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
    IntegrityError,
    # Such as a counter beyond what PostgreSQL's integers hold.
    DataError,
)


def refused(words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=400)


class PasskeyView(OwnerMixin, View):
    """What `passkeys.js` asks: JSON goes to and fro between the browser and the library.

    What a browser shall sign stands in the session, and is taken out by the first answer.
    """

    kept_as = ""

    @property
    def helper(self) -> passkeys.PasskeyHelper:
        return passkeys.PasskeyHelper(self.request)

    def begin(self) -> JsonResponse:
        options, self.request.session[self.kept_as] = self.question()
        return JsonResponse(options)

    def question(self) -> tuple[dict[str, Any], dict[str, Any]]:
        raise NotImplementedError

    def complete(self, state: dict[str, Any], answer: dict[str, Any]) -> Device:
        raise NotImplementedError

    def let_on(self, device: Device) -> str:
        raise NotImplementedError

    def check_allowed(self) -> None:
        """Raises TooManyFactors or TooOften; answers are counted, as codes are."""
        if self.request.body:
            check_limit(FACTORS, self.request, f"user {self.owner.pk}")

    def post(self, request: HttpRequest) -> HttpResponse:
        if not passkeys.are_possible(request):
            return refused(_("Passkeys need an address with a name."))
        # Of a form, which is read already, the body could not be read again.
        if request.content_type not in {"", "application/json"}:
            return refused(_("This passkey was not taken."))
        try:
            self.check_allowed()
            return self.end() if request.body else self.begin()
        except (NotTheFirst, TooManyFactors, AccountGone) as refusal:
            return refused(refusal.sentence)
        except TooOften as refusal:
            return refusal.said_by(refused(refusal.sentence))

    def end(self) -> JsonResponse:
        state = self.request.session.pop(self.kept_as, None)
        try:
            answer = json.loads(self.request.body)
            with transaction.atomic(), rewrite_exceptions():
                device = self.complete(state or {}, answer)
        except NONSENSE:
            tell(SecurityEvent.FACTOR_REFUSED, self.owner, self.request)
            return refused(_("This passkey was not taken."))
        return JsonResponse({"next": self.let_on(device)})


class PasskeyAddView(PasskeyView):
    kept_as = "passkey to add"

    def find_owner(self, request: HttpRequest) -> User | None:
        return owner_of_setup(request)

    def get_default_redirect_url(self) -> str:
        return reverse("accounts:factors")

    def check_allowed(self) -> None:
        """A browser is asked for a passkey only if it can be kept."""
        if not has_room(self.owner):
            raise TooManyFactors
        super().check_allowed()

    def question(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.helper.register_begin(user=self.owner)  # type: ignore[no-any-return]

    def complete(self, state: dict[str, Any], answer: dict[str, Any]) -> Device:
        make_room(self.owner, self.request)
        device = self.helper.register_complete(user=self.owner, state=state, data=answer)
        device.name = _("Passkey")
        device.save(update_fields=["name"])
        told_of_addition(device, self.request)
        return device

    def let_on(self, device: Device) -> str:
        return settle_in(self, device)


class PasskeyAskView(PasskeyView):
    kept_as = "passkey to check"

    def question(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.helper.authenticate_begin(  # type: ignore[no-any-return]
            user=self.owner, require_user_verification=False
        )

    def complete(self, state: dict[str, Any], answer: dict[str, Any]) -> Device:
        return self.helper.authenticate_complete(user=self.owner, state=state, data=answer)

    def let_on(self, device: Device) -> str:
        let_in(self.request, self.owner, device)
        return self.way_on()
