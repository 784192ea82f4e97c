"""PDF from templates of typst, for whatever the shop prints."""

import json
import logging
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from django.conf import settings
from django.http import HttpResponse

from store.printable import printable

logger = logging.getLogger(__name__)


def render_pdf(
    template: Path, *, timestamp: datetime, accessible: bool = False, **data: Any
) -> bytes:
    """Render a template, in which `sys.inputs.data` is the data as JSON.

    What people have written goes in as data, so that none of it is read as markup. The same
    data and timestamp give the same bytes. What no font has is left out with a mark; see
    `store.printable`. `accessible` asks for PDF/UA-1, which forbids some of what nobody sees:
    rather than none at all, such a text becomes an ordinary PDF.
    """
    compiler = typst.Compiler(root=str(template.parent), font_paths=fonts())

    def compiled(*standards: Literal["ua-1"]) -> bytes:
        result: Any = compiler.compile(
            str(template),
            format="pdf",
            sys_inputs={"data": json.dumps(printable(data, fonts()))},
            timestamp=timestamp.replace(microsecond=0),
            pdf_standards=[*standards],
        )
        return bytes(result)

    if not accessible:
        return compiled()
    try:
        return compiled("ua-1")
    except typst.TypstError as refusal:
        if "PDF/UA-1 error" not in refusal.message:
            raise
        logger.warning("This paper is no PDF/UA: %s", refusal.message)
        return compiled()


def pdf_answer(pdf: bytes, name: str) -> HttpResponse:
    """Show a PDF in the browser; it is saved under this name, such as "2026-0001.pdf"."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@cache
def fonts() -> typst.Fonts:
    """Those of typst, of the system and of the folder fonts/, for names in any script."""
    own = settings.BASE_DIR / "fonts"
    return typst.Fonts(include_system_fonts=True, font_paths=[own] if own.is_dir() else [])


def qr_code(address: str) -> str:
    """The code as an SVG drawing; a quarter of it may be scratched (level Q)."""
    return drawn(segno.make_qr(address, error="q"))


def drawn(code: segno.QRCode) -> str:
    """A code as an SVG drawing without a border."""
    drawing = BytesIO()
    code.save(drawing, kind="svg", border=0, xmldecl=False)
    return drawing.getvalue().decode()
