"""Whatever somebody sends: it is read, or refused in a sentence, and never a broken page."""

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.imports import Options, UnreadableFile, import_items
from store.imports.looking import look_at
from store.imports.opening import FORMATS
from store.imports.recognising import ENCODINGS

pytestmark = pytest.mark.django_db

CELLS = st.one_of(
    st.sampled_from(["", "1", "45.000", "12/06/1979", "TRUE", "4.01235E+12", "simple", "a,b", '"']),
    st.text(max_size=12),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.dates().map(str),
)
HEADERS = st.sampled_from([list(each.NAMES) for each in FORMATS])


@st.composite
def files(draw: Any) -> bytes:
    """A header of some format and rows of anything, written in some way."""
    separator, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    header = draw(HEADERS)
    rows = draw(st.lists(st.lists(CELLS, min_size=1, max_size=len(header) + 1), max_size=4))
    lines = [separator.join(header), *(separator.join(row) for row in rows)]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "shift_jis"]))
    return bytes(end.join(lines).encode(encoding, errors="replace"))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.one_of(files(), st.binary(max_size=300)),
    st.sampled_from(["", *ENCODINGS]),
    st.sampled_from(["", "ignore", "keep"]),
)
def test_any_file_is_read_or_refused(content: bytes, encoding: str, others: str) -> None:
    options = Options(encoding=encoding, other_columns=others)
    try:
        look_at(io.BytesIO(content), options)
        report = import_items(io.BytesIO(content), dry_run=True, options=options)
    except UnreadableFile:
        return
    assert type(report).from_json(report.as_json()) == report
