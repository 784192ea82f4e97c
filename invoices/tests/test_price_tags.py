from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from store.tests.factories import make_item


@pytest.mark.parametrize(("sheet", "pages"), [("24", 2), ("21", 2), ("40", 1)])
def test_price_tags_fill_sheets(client: Client, sam: User, sheet: str, pages: int) -> None:
    client.force_login(sam)
    pieces = make_item(title="A very long title of a lamp " * 5, pieces=25).pieces
    query: dict[str, Any] = {"piece": [piece.pk for piece in pieces.all()], "sheet": sheet}

    pdf = PdfReader(BytesIO(client.get(reverse("labels"), query).content))

    assert len(pdf.pages) == pages
    assert round(float(pdf.pages[0].mediabox.width) / 72 * 25.4) == 210
    text = "".join(page.extract_text() for page in pdf.pages)
    assert all(piece.stock_number in text for piece in pieces.all())
