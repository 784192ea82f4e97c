"""Passkeys of a shop: known under the name by which it was asked, whatever that is."""

from typing import Any

from django.http import HttpRequest
from django.http.request import split_domain_port
from django_otp_webauthn.helpers import WebAuthnHelper

from accounts.addresses import origin_of
from accounts.networks import is_address


def domain(request: HttpRequest) -> str:
    return split_domain_port(request.get_host())[0]


def are_possible(request: HttpRequest) -> bool:
    """Browsers keep passkeys for names over TLS and for this machine's own, for no bare address."""
    name = domain(request)
    return name == "localhost" or (request.is_secure() and not is_address(name.strip("[]")))


class PasskeyHelper(WebAuthnHelper):  # type: ignore[misc]
    """What the library asks of a shop. `get_host` refuses names that are not the shop's."""

    request: HttpRequest

    def get_relying_party_domain(self) -> str:
        return domain(self.request)

    def get_relying_party_name(self) -> str:
        return domain(self.request)

    def get_allowed_origins(self) -> list[str]:
        return [origin_of(self.request)]

    def get_credential_display_name(self, user: Any) -> str:
        return str(user.name or user.email)
