"""Numbers as they stand on paper and people type them: R00012 of an order, W00012 of a ticket."""

# Longer ones are none of ours, and no database could look for them.
MAX_DIGITS = 10


def number_in(term: str, letter: str = "") -> int | None:
    """The number that a term is: R00012, r12 or 00012; None when it is none."""
    digits = term.strip().upper().removeprefix(letter)
    is_number = digits.isascii() and digits.isdecimal() and len(digits) < MAX_DIGITS
    return int(digits) if is_number else None
