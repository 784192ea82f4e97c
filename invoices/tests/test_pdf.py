"""How invoices look as PDF; what stands on them is in test_invoice_views.py."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from invoices.tests.pdf_samples import CONTENT, a_document, a_pdf, text_of
from store.pdf import fonts

# Each would stop the printing, or vanish, if it were read as typst's markup.
MARKUP = [
    '#panic("boo")', "$ unclosed", "*bold* _it_", "\\", '"quote" // gone', "#import <nothing>",
    "= Heading", "@label", "`raw", "[", "#{", "/* gone */", "~", "--- ...", "\\u{41}",
]  # fmt: skip
NAMES = ["Zoë Ångström", "Владимир Жуков", "Ελένη Παππά", "דוד לוי", "محمد علي", "Nguyễn Thị Ánh"]


def squeezed(text: str) -> str:
    return "".join(text.split())


def root_of(pdf: bytes) -> Any:
    return PdfReader(BytesIO(pdf)).trailer["/Root"]


def elements(pdf: bytes, kind: str) -> list[Any]:
    """The tags of a kind, such as /TH, in the order in which they are read aloud."""

    def walk(node: Any) -> Iterator[Any]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, dict):
            if node.get("/S") == kind:
                yield node
            yield from walk(node.get("/K", []))

    return list(walk(root_of(pdf)["/StructTreeRoot"]["/K"]))


@pytest.mark.parametrize("text", MARKUP)
def test_whatever_people_write_is_printed_as_it_is(text: str) -> None:
    everywhere = a_document(
        to=[text], facts=[("Number", text)], lines=[(text, "1", "€1", "19 %", "€1")],
        opening=[text], notes=[text], payments=[("today", text, "€1")],
    )  # fmt: skip

    assert squeezed(text_of(a_pdf(everywhere))).count(squeezed(text)) == 6


@pytest.mark.parametrize("name", NAMES)
def test_names_in_other_scripts_are_printed(name: str, caplog: pytest.LogCaptureFixture) -> None:
    pdf = a_pdf(a_document(to=[name]))

    assert sorted(squeezed(name)) == sorted(squeezed(text_of(pdf).splitlines()[4]))
    assert not caplog.records


def test_a_font_of_the_system_is_used(caplog: pytest.LogCaptureFixture) -> None:
    if not {"Droid Sans Fallback", "Noto Sans CJK SC"} & set(fonts().families()):
        pytest.skip("No font with Chinese letters is installed.")

    assert "王小明" in text_of(a_pdf(a_document(to=["王小明"])))
    assert not caplog.records


def test_a_letter_that_no_font_has_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    # Of the Private Use Area: no font on earth should have it.
    assert "Ann" in text_of(a_pdf(a_document(to=["Ann \U0010fffd"])))
    assert "lay its font into fonts/" in caplog.text


@pytest.mark.parametrize("field", ["to", "heading", "mark", "lines", "facts", "notes"])
def test_a_mark_of_byte_order_in_a_text_hinders_no_paper(field: str) -> None:
    # Which PDF/UA forbids, and nobody sees who copies it with a name.
    text = "\ufeffAnn"
    whole = {"lines": [(text, "1", "1", "1", "1")], "facts": [("For", text)]}
    texts = whole.get(field, text if field in {"heading", "mark"} else [text])

    assert "Ann" in text_of(a_pdf(a_document(**{field: texts})))


def test_long_words_stay_in_their_column() -> None:
    line = ("W" * 200, "99,999.99 h", "€99,999,999.99", "19.25 %", "€999,999,999.99")

    text = text_of(a_pdf(a_document(lines=[line], to=["W" * 150])))

    assert "99,999.99 h €99,999,999.99 19.25 % €999,999,999.99" in text
    assert max(map(len, text.replace("\u200b", "").splitlines())) < 110


def test_sixty_lines_repeat_their_header_and_number_the_pages() -> None:
    lines = [(f"Thing {n}", "1 pc.", "€2.00", "19 %", "€2.00") for n in range(60)]

    pdf = a_pdf(a_document(lines=lines))

    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) == 3
    assert all("What Quantity Price of one Tax Total" in page for page in pages[:2])
    assert [page.split()[-3:] for page in pages] == [[str(n), "/", "3"] for n in (1, 2, 3)]
    assert all(f"Thing {n} " in "".join(pages) for n in range(60))


def test_each_paper_of_many_has_its_own_page_numbers() -> None:
    lines = [(f"Thing {n}", "1 pc.", "€2.00", "19 %", "€2.00") for n in range(40)]

    pdf = a_pdf(CONTENT, a_document(lines=lines), CONTENT)

    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert ["".join(page.split()[-3:]) for page in pages] == ["1/1", "1/2", "2/2", "1/1"]


def test_the_paper_tells_its_language_title_and_standard() -> None:
    root = root_of(a_pdf())

    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "Invoice 2026-0001" in metadata


def test_tables_have_header_cells_and_the_code_has_words() -> None:
    pdf = a_pdf()

    assert len(elements(pdf, "/Table")) == 3
    assert len(elements(pdf, "/TH")) == 5 + 4 + 3
    assert [figure["/Alt"] for figure in elements(pdf, "/Figure")] == [CONTENT.code_alt]
    assert len(elements(pdf, "/H1")) == 1


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert a_pdf() == a_pdf() != a_pdf(a_document(mark="Paid"))


@pytest.mark.parametrize("language", ["de", "pt-br", "zh-hans", "sr-latn", "ast"])
def test_any_language_of_the_shop_is_printed(language: str, settings: Any) -> None:
    settings.LANGUAGE_CODE = language

    root = root_of(a_pdf())

    assert root["/Lang"].lower().split("-")[0] == language.split("-")[0]
