from decimal import Decimal
from typing import Any

import pytest
import segno

from invoices.documents.pdf.giro import giro_code
from store.bank import is_iban
from store.models import ShopProfile
from store.pdf import drawn

IBAN = "DE02 1203 0000 0000 2020 51"


def code(
    amount: str = "100.00", reference: str = "2026-0001", *, currency: str = "EUR", **shop: Any
) -> str:
    profile = ShopProfile(**{"name": "Wren", "iban": IBAN, "bic": "BYLADEM1001", **shop})
    return giro_code(profile, amount=Decimal(amount), currency=currency, reference=reference)


def fields(*values: str) -> str:
    """The code that says this, as EPC069-12 has it: version 002, UTF-8, level M."""
    return drawn(segno.make_qr("\n".join(values).encode(), error="m", boost_error=False))


def test_the_code_is_a_transfer_as_the_standard_has_it() -> None:
    said = ["BCD", "002", "1", "SCT", "BYLADEM1001", "Wren", "DE02120300000000202051"]

    assert code("100.50") == fields(*said, "EUR100.5", "", "", "2026-0001")


def test_the_account_holder_comes_before_the_name_of_the_shop() -> None:
    assert code(account_holder="Wren Miller") == code(name="Wren Miller") != code()


@pytest.mark.parametrize(
    "odd",
    [
        {"iban": ""},
        {"iban": "DE02 1203 0000 0000 2020 52"},
        {"iban": "sometimes"},
        {"account_holder": "W" * 71},
        {"account_holder": "😀" * 70, "reference": "😀" * 140},
        {"name": " "},
        {"reference": ""},
        {"reference": "x" * 141},
        {"amount": "0.00"},
        {"amount": "-5.00"},
        {"amount": "1000000000.00"},
    ],
)
def test_what_no_bank_would_read_has_no_code(odd: dict[str, str]) -> None:
    assert code(**odd) == ""


def test_the_limits_themselves_are_kept() -> None:
    assert code("0.01", account_holder="W" * 70, reference="x" * 140)
    assert code("999999999.99")


def test_other_money_than_euros_has_no_code() -> None:
    assert code(currency="CHF") == ""


def test_a_line_end_begins_no_other_field() -> None:
    assert code(name="Wren\nDE68210501700012345678") == code(name="Wren DE68210501700012345678")


def test_an_odd_bic_is_left_out() -> None:
    assert code(bic="ask us") == code(bic="")


@pytest.mark.parametrize("iban", ["DE02120300000000202051", "GB82WEST12345698765432"])
def test_a_right_iban_is_known_by_its_check_digits(iban: str) -> None:
    assert is_iban(iban)
    assert not is_iban(iban[:-2] + iban[-1] + iban[-2])
