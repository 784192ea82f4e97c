"""The numbers of bank accounts."""

import re

# ISO 13616: two letters, two check digits, and what the country's banks make of the rest.
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
# ISO 9362: four of the bank, two of the country, two of the place, three of the branch if any.
BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


def compact(code: str) -> str:
    return "".join(code.split()).upper()


def is_iban(iban: str) -> bool:
    """Whether the check digits are right (ISO 7064, MOD 97-10), so that no typing error pays."""
    if not IBAN.fullmatch(iban):
        return False
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1


def is_bic(bic: str) -> bool:
    return BIC.fullmatch(bic) is not None
