from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import typst
from django.utils import timezone
from pypdf import PdfReader

from store import printable as printing
from store.pdf import fonts, render_pdf
from store.printable import LETTERS_IN_LOG, MARK, printable

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


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is asked of fonts that have Cyrillic, and nothing beyond it."""
    asked: list[str] = []

    def has_all(letters: str, _fonts: typst.Fonts) -> bool:
        asked.append(letters)
        return all(letter < "\u0500" for letter in letters)

    monkeypatch.setattr(printing, "has_all", has_all)
    printing.missing_in.cache_clear()
    yield asked
    printing.missing_in.cache_clear()


def test_thousands_of_letters_that_no_font_has_are_not_asked_for_one_by_one(
    probes: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    rare = "".join(map(chr, range(0x20000, 0x20000 + 5000)))

    # Spread over the texts of a paper, they cost no more.
    printed = printable({"title": f"Владимир {rare[:2000]}", "lines": [rare[2000:]]}, fonts())

    assert printed == {"title": f"Владимир {MARK}", "lines": [MARK]}
    assert len(probes) < 500
    assert rare[:LETTERS_IN_LOG] in caplog.text
    assert rare[: LETTERS_IN_LOG + 1] not in caplog.text


def test_each_letter_is_found_among_those_that_are_there(probes: list[str]) -> None:
    there = "".join(map(chr, range(0x400, 0x500)))

    assert printing.missing_in(f"{there}\u3042\u4e00", fonts()) == "\u3042\u4e00"
    assert len(probes) < 30


def test_a_text_with_all_its_letters_stays_as_it_is_beside_one_without() -> None:
    # A letter and the accent that goes over it, as some systems write names.
    assert printable(["Zoe\u0308", NO_LETTER], fonts()) == ["Zoe\u0308", MARK]
