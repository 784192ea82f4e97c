"""Text is sent compressed as the browser says, and its length tells no secret on it."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from repairshop.compression import PADDING, CompressionMiddleware, coding_of
from store.page_cache.pages import EXPAND


def compressed(taken: str, *, kind: str = "text/html; charset=utf-8", words: int = 1000) -> Any:
    request = RequestFactory().get("/", headers={"Accept-Encoding": taken})
    answer = HttpResponse("word " * words, content_type=kind)
    return CompressionMiddleware(lambda _: answer).process_response(request, answer)


@pytest.mark.parametrize(
    ("kind", "packed"),
    [
        ("text/html; charset=utf-8", True),
        ("application/json", True),
        ("application/atom+xml", True),
        ("image/svg+xml", False),
        ("image/jpeg", False),
        ("application/pdf", False),
    ],
)
@pytest.mark.parametrize("coding", [*EXPAND])
def test_text_is_sent_packed(coding: str, kind: str, packed: bool) -> None:
    answer = compressed(coding, kind=kind)

    assert ("Content-Encoding" in answer.headers) is packed
    assert (len(answer.content) < 1000) is packed


@pytest.mark.parametrize(
    ("taken", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "br"),
        ("gzip", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("br; q=0.000, gzip", "gzip"),
        ("zstd", ""),
        ("", ""),
    ],
)
def test_a_browser_says_what_it_takes(taken: str, coding: str, rf: RequestFactory) -> None:
    assert coding_of(rf.get("/", headers={"Accept-Encoding": taken})) == coding
    assert compressed(taken).headers.get("Content-Encoding", "") == coding


@pytest.mark.parametrize("coding", [*EXPAND])
def test_the_same_page_has_many_lengths(coding: str) -> None:
    answers = [compressed(coding) for _ in range(30)]

    assert len({len(each.content) + len(each.headers.get(PADDING, "")) for each in answers}) > 5


def test_what_would_grow_is_left_as_it_is() -> None:
    answer = compressed("br", words=0)

    assert answer.content == b""
    assert not {"Content-Encoding", PADDING} & answer.headers.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("coding", [*EXPAND])
def test_pages_are_sent_packed_to_who_takes_that(coding: str, client: Client) -> None:
    packed = client.get("/store/", headers={"Accept-Encoding": coding})
    plain = client.get("/store/")

    assert EXPAND[coding](packed.content) == plain.content
    for answer in (packed, plain):
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(packed.content) == int(packed.headers["Content-Length"])
