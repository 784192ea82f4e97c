"""A mail as its reader sees it, in a frame of an admin page that can do nothing at all."""

import re
from base64 import b64encode
from hashlib import sha256

from django.http import HttpResponse

STYLE = re.compile(r'\sstyle="([^"]*)"|<style>([^<]*)</style>')
PICTURE = re.compile(r'<img src="(https?://[^/"]+)/')


def framed(html: str) -> HttpResponse:
    """The mail's own HTML, with just those styles and pictures' hosts that it has.

    No script, form or other address is allowed, and the page around is the shop's.
    """
    answer = HttpResponse(html)
    styles = sorted({hash_of(inline or block) for inline, block in STYLE.findall(html)})
    hosts = sorted({*PICTURE.findall(html)}) or ["'none'"]
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-hashes' {' '.join(styles)}; "
        f"img-src {' '.join(hosts)}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
    )
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def hash_of(style: str) -> str:
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
