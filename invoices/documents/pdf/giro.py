"""The code on a bill that a bank's app reads: EPC069-12, called GiroCode in Germany."""

from decimal import Decimal
from functools import lru_cache

from segno.helpers import make_epc_qr

from store.bank import compact, is_bic, is_iban
from store.models import ShopProfile
from store.pdf import drawn


def giro_code(shop: ShopProfile, *, amount: Decimal, currency: str, reference: str) -> str:
    """An SVG drawing of a transfer to the shop, or "" when none can be made of what is known.

    The standard knows euros only, 70 letters of a name, 140 of a reference, and amounts from
    0.01 to 999,999,999.99. No bill fails because of what the shop has said about itself.
    """
    iban = compact(shop.iban)
    if currency != "EUR" or not is_iban(iban):
        return ""
    bic = compact(shop.bic)
    # A line's end would begin the next field of the code.
    name = " ".join((shop.account_holder or shop.name).split())
    text = " ".join(reference.split())
    return transfer(name, iban, bic if is_bic(bic) else None, amount, text)


@lru_cache(maxsize=256)
def transfer(name: str, iban: str, bic: str | None, amount: Decimal, text: str) -> str:
    """Drawn once for an invoice's page, the image on it and the PDF: it takes its time."""
    try:
        return drawn(make_epc_qr(name, iban, amount, text, bic=bic, encoding="utf-8"))
    except ValueError:
        return ""
