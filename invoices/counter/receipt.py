"""What a printer at the counter takes: receipts of 80 mm, and labels for pieces."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from invoices.documents.pdf import contents_of, last_change, printed
from invoices.models import Invoice
from money.filters import money
from store.label_sheets import Sheet
from store.models import Piece
from store.pdf import qr_code, render_pdf

RECEIPT = Path(__file__).parent / "receipt.typ"
LABEL_SHEET = Path(__file__).parent / "label_sheet.typ"
LABEL = Path(__file__).parent / "label.typ"


def receipt_of(invoices: Sequence[Invoice]) -> bytes:
    """Invoices as on A4, on one strip of paper."""
    contents = contents_of(invoices)
    with override(invoices[0].language):
        return printed(
            contents,
            title=_("Receipt"),
            timestamp=max(last_change(invoice) for invoice in invoices),
            template=RECEIPT,
        )


def labels_of(pieces: Iterable[Piece], *, site: str, sheet: Sheet | None = None) -> bytes:
    """Labels of 62 by 29 mm, a page for each; or as many as there are on a sheet."""
    labels = [
        {
            "title": piece.item.title,
            "price": money(piece.item.price),
            "number": piece.stock_number,
            "code": qr_code(f"{site}{reverse('scanned', args=[piece.pk])}"),
        }
        for piece in pieces
    ]
    if sheet:
        return render_pdf(
            LABEL_SHEET, timestamp=timezone.now(), labels=labels, sheet=sheet._asdict()
        )
    return render_pdf(LABEL, timestamp=timezone.now(), labels=labels)
