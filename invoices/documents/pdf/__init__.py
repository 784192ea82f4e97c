"""Invoices as PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.utils.text import slugify
from django.utils.translation import get_language, override, to_locale
from django.utils.translation import gettext as _

from invoices.documents.pdf.content import Content, content_of, heading_of
from invoices.models import Invoice
from store.pdf import render_pdf
from store.pictures.letterhead import logo_on_paper

__all__ = ["attached", "content_of", "file_name", "last_change", "pdf_of", "printed"]

TEMPLATE = Path(__file__).parent / "invoice.typ"
REGION_LETTERS = 2


def printed(
    documents: Sequence[Content], *, title: str, timestamp: datetime, template: Path = TEMPLATE
) -> bytes:
    """The documents in one PDF, each with page numbers of its own, in the active language."""
    language, _separator, region = to_locale(str(get_language())).partition("_")
    return render_pdf(
        template,
        timestamp=timestamp,
        accessible=True,
        title=title,
        author=documents[0].shop.name,
        language=language,
        # Of a script, such as in “zh-hans”, typst would make an error.
        region=region if len(region) == REGION_LETTERS else None,
        documents=[asdict(document) for document in documents],
        logos={name: logo_on_paper(name) for name in {each.shop.logo for each in documents}},
    )


def pdf_of(*invoices: Invoice) -> bytes:
    """Invoices as one PDF. The same invoices in the same state give the same bytes."""
    contents = contents_of(invoices)
    with override(invoices[0].language):
        return printed(
            contents,
            title=heading_of(invoices[0]) if len(invoices) == 1 else str(_("Invoices")),
            timestamp=max(last_change(invoice) for invoice in invoices),
        )


def contents_of(invoices: Iterable[Invoice]) -> list[Content]:
    """Each in the language of who pays it."""
    contents = []
    for invoice in invoices:
        with override(invoice.language):
            contents.append(content_of(invoice))
    return contents


def last_change(invoice: Invoice) -> datetime:
    """When it was issued or last paid."""
    times = [payment.at for payment in invoice.payments.all()]
    return max([invoice.issued_at or invoice.created_at, *times])


def file_name(invoice: Invoice) -> str:
    """Such as "2026-0001.pdf"; of a draft, the order's or ticket's reference."""
    subject = invoice.subject
    name = invoice.number or (subject.reference if subject else "")
    return f"{slugify(name)}.pdf"


def attached(pk: str) -> tuple[str, bytes, str]:
    """The attachment "invoice:<pk>" of a mail; see `mail.outbox.PRODUCERS`."""
    invoice = Invoice.objects.with_parts().get(pk=pk)
    return file_name(invoice), pdf_of(invoice), "application/pdf"
