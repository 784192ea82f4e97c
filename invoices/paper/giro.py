"""The code on a bill that a bank's app reads: EPC069-12, called GiroCode in Germany."""

import re
from decimal import Decimal

from django.conf import settings
from segno.helpers import make_epc_qr

from store.models import ShopProfile
from store.typesetting import drawn

# ISO 13616: two letters, two check digits, and what the country's banks make of the rest.
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
BIC_LENGTHS = {8, 11}


def giro_code(shop: ShopProfile, *, amount: Decimal, reference: str) -> str:
    """An SVG drawing of a transfer to the shop, or "" when none can be made of what is known.

    The standard knows euros only, 70 letters of a name, 140 of a reference, and amounts from
    0.01 to 999,999,999.99. No bill fails because of what the shop has said about itself.
    """
    iban = compact(shop.iban)
    if settings.CURRENCY != "EUR" or not is_iban(iban):
        return ""
    bic = compact(shop.bic)
    try:
        code = make_epc_qr(
            # A line's end would begin the next field of the code.
            name=" ".join((shop.account_holder or shop.name).split()),
            iban=iban,
            amount=amount,
            text=" ".join(reference.split()),
            bic=bic if len(bic) in BIC_LENGTHS else None,
            encoding="utf-8",
        )
    except ValueError:
        return ""
    return drawn(code)


def compact(code: str) -> str:
    return "".join(code.split()).upper()


def is_iban(iban: str) -> bool:
    """Whether the check digits are right (ISO 7064, MOD 97-10), so that no typing error pays."""
    if not IBAN.fullmatch(iban):
        return False
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1
