"""From HTML that other shops have exported to the text in it, in time that grows with its length.

Parsers of whole pages take a minute for some 60 kB that were made to keep them busy.
"""

import html
import re
from collections.abc import Iterator

UNSEEN = ["script", "style", "template", "noscript", "head", "iframe", "object", "svg"]
BLOCKS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "footer", "main", "section", "article"),
    *("address", "aside", "blockquote", "div", "figcaption", "figure", "p", "pre", "br"),
    *("dl", "dt", "dd", "ol", "ul", "li", "table", "thead", "tbody", "tr"),
}
CELLS = {"td", "th"}
# What is not closed goes on to the end, so that nothing is looked through twice.
TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)|<(?P<tag>/?[a-z][a-z0-9-]*)[^>]*(?:>|\Z)|[^<]+|<",
    re.DOTALL | re.IGNORECASE,
)
# No sign has such a number, and Python reads none of thousands of digits.
NO_SIGN = re.compile(r"&#[0-9]{99,};?")
ENDS = {name: re.compile(rf"</{name}\b[^>]*(?:>|\Z)", re.IGNORECASE) for name in UNSEEN}


def unescape(text: str) -> str:
    """The signs that `&amp;`, `&#38;` and the like stand for."""
    return html.unescape(NO_SIGN.sub("\ufffd", text))


def plain_text(text: str) -> str:
    """The text of a piece of HTML: paragraphs and list items as lines, no scripts or styles."""
    lines = (" ".join(line.split()) for line in "".join(pieces_of(text)).split("\n"))
    return "\n".join(line for line in lines if line)


def pieces_of(text: str) -> Iterator[str]:
    """What is seen, one piece after the other, with a line feed wherever a block begins or ends."""
    place = 0
    while token := TOKEN.match(text, place):
        place = token.end()
        tag = (token["tag"] or "").lower()
        if tag in ENDS and not token[0].endswith("/>"):
            end = ENDS[tag].search(text, place)
            place = end.end() if end else len(text)
        elif is_text(token):
            yield re.sub(r"\s+", " ", unescape(token[0]))
        else:
            yield between(tag.lstrip("/"))


def is_text(token: re.Match[str]) -> bool:
    """Whether it is no markup: `a <b` is not, though it begins like a tag."""
    if token["tag"]:
        return not token[0].endswith(">")
    return not token[0].startswith(("<!", "<?"))


def between(name: str) -> str:
    """What stands for a tag."""
    return "\n" if name in BLOCKS else " " if name in CELLS else ""
