"""A made-up document with everything on it, to be printed without a database."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from invoices.documents.pdf import printed
from invoices.documents.pdf.content import Content, Shop
from invoices.documents.pdf.giro import giro_code
from store.models import ShopProfile

WHEN = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
# The example of the German banks' own documents.
IBAN = "DE02 1203 0000 0000 2020 51"
BANK = ShopProfile(name="Wren & Daughters", iban=IBAN, bic="BYLADEM1001")
SHOP = Shop(
    name="Wren & Daughters",
    sender="Wren & Daughters · Fisherman's Lane 7 · 20359 Hamburg",
    contact=["Fisherman's Lane 7", "20359 Hamburg", "+49 40 123456", "shop@example.com"],
    foot=[
        ["Wren & Daughters", "Fisherman's Lane 7", "20359 Hamburg"],
        ["+49 40 123456", "shop@example.com"],
        [f"IBAN {IBAN}", "BIC BYLADEM1001"],
        ["Tax number 12/345/67890"],
    ],
)
CONTENT = Content(
    heading="Invoice 2026-0001",
    mark="",
    shop=SHOP,
    to=["Alice Ångström", "Elm Street 3", "10115 Berlin", "Germany"],
    facts=[
        ("Number", "2026-0001"),
        ("Date", "24 November 2026"),
        ("Order", "R00012"),
        ("To be paid by", "1 December 2026"),
    ],
    opening=[],
    columns=("What", "Quantity", "Price of one", "Tax", "Total"),
    lines=[("Mantel clock, walnut", "1 pc.", "€120.00", "19 %", "€120.00")],
    sums=[("Total", "€120.00")],
    tax_columns=("Tax", "Without tax", "Tax in it", "With tax"),
    taxes=[("19 %", "€100.84", "€19.16", "€120.00")],
    legal=[],
    payments_heading="Payments",
    payment_columns=("Date", "How", "Amount"),
    payments=[("20 November 2026", "bank transfer", "€20.00")],
    balance=[("To be paid", "€100.00")],
    sentences=["Please pay by 1 December 2026."],
    bank_heading="By bank transfer",
    bank=[
        ("To", "Wren & Daughters"),
        ("IBAN", IBAN),
        ("BIC", "BYLADEM1001"),
        ("Reference", "2026-0001"),
    ],
    code=giro_code(BANK, amount=Decimal(100), currency="EUR", reference="2026-0001"),
    code_alt="QR code for a bank's app: €100.00 to Wren & Daughters, reference 2026-0001",
    code_text="For your bank's app",
    notes=["Thank you for your order."],
)


def a_document(**fields: Any) -> Content:
    return replace(CONTENT, **fields)


def a_pdf(*documents: Content) -> bytes:
    return printed(documents or [CONTENT], title="Invoice 2026-0001", timestamp=WHEN)


def text_of(pdf: bytes) -> str:
    """What a reader finds in a PDF, page after page."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
