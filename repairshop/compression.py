"""Pages are sent compressed: by brotli to browsers that take it, else by gzip.

See docs/adr/0018-brotli.md, also for what that tells about secrets on a page.
"""

import re
from secrets import randbelow, token_urlsafe

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware import gzip
from django.utils.cache import patch_vary_headers

TEXT = re.compile(r"text/|application/(json|([\w-]+\+)?xml)")
# Not where its weight is nothing, which is how a browser declines.
TAKES_BROTLI = re.compile(r"\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
# Of 0 to 11. Above, a page takes longer than by gzip.
QUALITY = 4
PADDING = "X-Padding"


def coding_of(request: HttpRequest) -> str:
    """By what a page is compressed for a browser; empty for one that takes neither."""
    taken = request.META.get("HTTP_ACCEPT_ENCODING", "")
    if TAKES_BROTLI.search(taken):
        return "br"
    return "gzip" if gzip.re_accepts_gzip.search(taken) else ""


class CompressionMiddleware(gzip.GZipMiddleware):
    """Django's, with brotli; for pages and other text only: pictures and PDFs are compressed.

    Django adds a random number of bytes, so that the length tells nothing of what is secret on
    a page (https://ieeexplore.ieee.org/document/9754554). What brotli makes has no room for them,
    so they stand in a header: who listens sees but the length of both.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or not TEXT.match(
            response.headers.get("Content-Type", "")
        ):
            return response
        if coding_of(request) == "br" and "Content-Encoding" not in response.headers:
            self.compress(response)
        return super().process_response(request, response)

    def compress(self, response: HttpResponse) -> None:
        packed = brotli.compress(response.content, quality=QUALITY)
        if len(packed) >= len(response.content):
            return
        response.content = packed
        response["Content-Length"] = str(len(packed))
        response["Content-Encoding"] = "br"
        response[PADDING] = token_urlsafe(randbelow(self.max_random_bytes))
        patch_vary_headers(response, ["Accept-Encoding"])
