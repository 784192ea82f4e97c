"""The HTML part of a mail: its text's own paragraphs, one button, and the things' pictures.

It is made from the words that are filled in, and says nothing else than they do.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mail.wordings import GAP, Words

LINK_STYLE = "color: #9c1c2b"
# A link of the shop's at the end of a line, with the words before it, if any.
LINK = re.compile(r"^(?:(?P<words>.*\S)\u00a0?:\s+)?(?P<url>https?://\S+)$")
# French sets it before a colon.
NO_BREAK_SPACE = "\u00a0"
# Of what something costs, at the end of a line; what is longer is a sentence.
LONGEST_AMOUNT = 40
# Those that stand above the text; beside its lines there are as many as lines.
PICTURES_ABOVE = 4


class Picture(NamedTuple):
    """A picture of a thing, at addresses that need no log-in.

    It stands beside the line that begins with the thing's `title`, or else above the text.
    """

    title: str
    alt: str
    small: str
    large: str


class Look(NamedTuple):
    """What the HTML of a mail has besides its words.

    Only links to `site` are links: somebody else may have typed the others. The line with the
    link to `button` becomes the button.
    """

    sender: Any
    site: str = ""
    button: str = ""
    pictures: Sequence[Picture] = ()
    signature: str = ""


class Row(NamedTuple):
    """A line of a list: of a thing with its picture, or of an amount."""

    words: str
    amount: str = ""
    picture: Picture | None = None


class Block(NamedTuple):
    """A part of the letter, by its `kind`: "text", "rows", "button" or "signature"."""

    kind: str
    lines: Sequence[Any]


def as_html(words: Words, look: Look) -> SafeString:
    """The look of all mails."""
    letter = Letter(look)
    blocks = [block for part in GAP.split(words.text.strip()) for block in letter.blocks_of(part)]
    context = {
        "subject": words.subject,
        "sender": look.sender,
        "above": letter.left[:PICTURES_ABOVE],
        "blocks": blocks,
    }
    return render_to_string("mail/base.html", context)


class Letter:
    """Turns paragraphs into blocks, in their order: each picture and the button stand once."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.left = list(look.pictures)
        self.has_button = False

    def blocks_of(self, paragraph: str) -> list[Block]:
        if paragraph == self.look.signature:
            return [Block("signature", [self.as_line(line) for line in paragraph.split("\n")])]
        before, button, after = self.around_button(paragraph.split("\n"))
        found = [self.block_of(before), button, self.block_of(after)]
        return [block for block in found if block and block.lines]

    def around_button(self, lines: list[str]) -> tuple[list[str], Block | None, list[str]]:
        """The lines before the one that is the button, and those after it."""
        for number, line in enumerate(lines):
            match = self.link_in(line)
            if match and match["url"] == self.look.button and not self.has_button:
                self.has_button = True
                label = match["words"] or _("Open the page")
                button = Block("button", [(match["url"], label)])
                return lines[:number], button, lines[number + 1 :]
        return lines, None, []

    def block_of(self, lines: list[str]) -> Block | None:
        rows = [self.row_of(line) for line in lines]
        if shown := {row.picture for row in rows if row.picture}:
            self.left = [picture for picture in self.left if picture not in shown]
        elif len(rows) == 1 or not all(row.amount for row in rows):
            return Block("text", [self.as_line(line) for line in lines])
        return Block("rows", rows)

    def row_of(self, line: str) -> Row:
        beside = (each for each in self.left if is_about(line, each.title))
        # The longest, for a title may begin with another.
        picture = max(beside, key=lambda each: len(each.title), default=None)
        words, amount = in_two(line)
        return Row(escape(words) if amount else self.as_line(line), amount, picture)

    def link_in(self, line: str) -> re.Match[str] | None:
        match = LINK.match(line.strip())
        own = match and self.look.site and match["url"].startswith(f"{self.look.site}/")
        return match if own else None

    def as_line(self, line: str) -> str:
        match = self.link_in(line)
        if match is None:
            return escape(line)
        words = match["words"] or match["url"]
        link = '<a class="link" href="{}" style="{}">{}</a>'
        return format_html(link, match["url"], mark_safe(LINK_STYLE), words)  # noqa: S308


def is_about(line: str, title: str) -> bool:
    """Whether a line begins with a thing's title, as the lines of lists do."""
    return line.startswith((f"{title}: ", f"{title}{NO_BREAK_SPACE}: ", f"{title} ("))


def in_two(line: str) -> tuple[str, str]:
    """`Total: €85.50` as words and amount, which is "" when the line ends with none."""
    # No pattern: customers write lines, and one that almost fits takes a pattern minutes.
    before, colon, rest = line.rpartition(":")
    words, amount = before.removesuffix(NO_BREAK_SPACE), rest.lstrip()
    is_apart = amount != rest and words and not words[-1].isspace()
    is_amount = len(amount) <= LONGEST_AMOUNT and any(char.isdecimal() for char in amount)
    return (words, amount) if colon and is_apart and is_amount else (line, "")
