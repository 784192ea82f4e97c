"""Invoices as PDF."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import to_locale

from invoices.paper.content import Content
from store.typesetting import pdf

TEMPLATE = Path(__file__).parent / "invoice.typ"
REGION = 2


def printed(papers: Sequence[Content], *, title: str, timestamp: datetime) -> bytes:
    """The papers in one PDF, each with page numbers of its own."""
    language, _, region = to_locale(settings.LANGUAGE_CODE).partition("_")
    return pdf(
        TEMPLATE,
        timestamp=timestamp,
        accessible=True,
        title=title,
        author=papers[0].shop.name,
        language=language,
        # Of a script, such as in “zh-hans”, typst would make an error.
        region=region if len(region) == REGION else None,
        papers=[asdict(paper) for paper in papers],
    )
