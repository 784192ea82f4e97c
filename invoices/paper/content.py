"""What stands on an invoice, a credit note or a request for a deposit: written out, no figures."""

from dataclasses import dataclass

Row = tuple[str, ...]


@dataclass(frozen=True)
class Shop:
    """Who sells. `sender` is the line above the address in the window of the envelope."""

    name: str
    sender: str
    contact: list[str]
    foot: list[list[str]]


@dataclass(frozen=True)
class Content:
    """The texts of one paper. The page of an invoice and its PDF show the same."""

    heading: str
    # What is to be seen at once, such as “Paid”; "" for nothing.
    mark: str
    shop: Shop
    to: list[str]
    facts: list[Row]
    opening: list[str]
    columns: Row
    lines: list[Row]
    sums: list[Row]
    tax_columns: Row
    taxes: list[Row]
    legal: list[str]
    payments_heading: str
    payment_columns: Row
    payments: list[Row]
    balance: list[Row]
    sentences: list[str]
    bank_heading: str
    bank: list[Row]
    # An SVG drawing, "" for none.
    code: str
    code_alt: str
    code_text: str
    notes: list[str]
