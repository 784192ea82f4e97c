from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from pypdf import PdfReader

from store.pdf import fonts, render_pdf
from store.printable import MARK, printable

# Of the Private Use Area: no font on earth should have it.
NO_LETTER = "\U0010fffd"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Zoë Ångström, Владимир, ½", "Zoë Ångström, Владимир, ½"),
        (f"Ann {NO_LETTER}", f"Ann {MARK}"),
        (f"{NO_LETTER * 9} Ann {NO_LETTER}", f"{MARK} Ann {MARK}"),
        (f"{NO_LETTER}\u200d{NO_LETTER}\ufe0f!", f"{MARK}!"),
        ("", ""),
    ],
)
def test_what_no_font_has_is_marked(text: str, printed: str) -> None:
    assert printable(text, fonts()) == printed


def test_all_of_the_data_is_looked_through() -> None:
    data = {"lines": [(NO_LETTER, 1)], "title": None}

    assert printable(data, fonts()) == {"lines": [[MARK, 1]], "title": None}


@pytest.mark.parametrize("text", ["🎻", "ไทย", NO_LETTER])
@pytest.mark.parametrize("accessible", [True, False])
def test_no_paper_holds_a_box_instead_of_a_letter(
    tmp_path: Path, text: str, accessible: bool
) -> None:
    template = tmp_path / "paper.typ"
    template.write_text(
        '#let data = json(bytes(sys.inputs.data))\n#set document(title: "x")\n#data.text'
    )

    pdf = render_pdf(template, timestamp=timezone.now(), accessible=accessible, text=f"Ann {text}")

    printed = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    shown = printable(text, fonts())
    assert printed.split() == ["Ann", shown]
    assert shown in {text, MARK}
