import re
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning
from bs4.element import NavigableString

UNSEEN = ["script", "style", "template", "noscript", "head", "iframe", "object", "svg"]
BLOCKS = [
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "footer", "main", "section", "article"),
    *("address", "aside", "blockquote", "div", "figcaption", "figure", "p", "pre", "br"),
    *("dl", "dt", "dd", "ol", "ul", "li", "table", "thead", "tbody", "tr"),
]
CELLS = ["td", "th"]


def plain_text(html: str) -> str:
    """The text of a piece of HTML: paragraphs and list items as lines, no scripts or styles."""
    with warnings.catch_warnings():
        # A description may look like a file name; it is not one.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(UNSEEN):
        tag.decompose()
    for node in soup.find_all(string=True):
        # Comments and the like are strings, too.
        if type(node) is NavigableString:
            node.replace_with(re.sub(r"\s+", " ", node))
    for tag in soup.find_all(BLOCKS):
        tag.insert_before("\n")
        tag.insert_after("\n")
    for tag in soup.find_all(CELLS):
        tag.insert_after(" ")
    lines = (" ".join(line.split()) for line in soup.get_text().split("\n"))
    return "\n".join(line for line in lines if line)
