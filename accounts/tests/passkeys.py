"""A passkey for tests: what a browser answers when the shop asks for one."""

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT_VERIFIED_AND_NEW = 0b0100_0101
SHOP = "localhost"


def new_id() -> bytes:
    return secrets.token_bytes(16)


def public_key() -> bytes:
    """A new one, written as COSE has it: ES256 on the curve P-256 (RFC 9053)."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    sides = {-2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    return bytes(encode_cbor({1: 2, 3: -7, -1: 1, **sides}))


def answer_to(question: dict[str, Any], passkey_id: bytes, *, used: int = 0) -> dict[str, Any]:
    """Of a new passkey, without attestation (WebAuthn level 2, sections 6.1 and 6.5)."""
    signed = {
        "type": "webauthn.create",
        "challenge": question["challenge"],
        "origin": f"http://{SHOP}",
    }
    data = (
        sha256(SHOP.encode()).digest() + bytes([PRESENT_VERIFIED_AND_NEW]) + used.to_bytes(4, "big")
    )
    data += bytes(16) + len(passkey_id).to_bytes(2, "big") + passkey_id + public_key()
    attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
    name = bytes_to_base64url(passkey_id)
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "response": {
            "clientDataJSON": bytes_to_base64url(json.dumps(signed).encode()),
            "attestationObject": bytes_to_base64url(attestation),
        },
        "clientExtensionResults": {},
    }
