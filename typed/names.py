"""Names as a greeting says them."""

import re

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

# Whatever a mail program makes a link of, up to the next blank: with a scheme, with www, with a
# path, an e-mail address.
LINKED = re.compile(r"\S*(?:://|\bwww\.|\w@\w|\w\.\w+[/?#:])\S*", re.IGNORECASE)
# Such as spam.example, but neither Dr.Miller nor J.R.Tolkien.
HOST = re.compile(r"\b(?:[\w-]+\.)+[^\W\d_A-Z]{2,}\b")
CLOSE_POINT = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
# What mail programs and readers take for a point.
POINTS = str.maketrans("。．｡․", "....")
# What stands for it in words that are kept otherwise.
GAP = "…"
LEFT_OVER = re.compile(r"\(\s*\)|[\s:;,–-]+$")


def greeted(name: str) -> str:
    """A name without any address in it, for whoever wrote it may greet others with it.

    Of what is nothing but an address, no more is said than that somebody is there.
    """
    return shortened(name) or _("there")


def told(name: str) -> str:
    """The same for a mail to staff, which tells of somebody."""
    return shortened(name) or pgettext("in place of a name", "Somebody")


def shortened(name: str) -> str:
    plain = name.translate(POINTS)
    words = CLOSE_POINT.sub(". ", HOST.sub("", LINKED.sub("", plain)))
    said = LEFT_OVER.sub("", " ".join(words.split())).strip()
    return said if any(char.isalnum() for char in said) else ""


def harmless(words: str, most: int) -> str:
    """What a stranger has typed, for a mail: on one line of `most` characters, with no address."""
    plain = HOST.sub(GAP, LINKED.sub(GAP, words.translate(POINTS)))
    return str(Truncator(" ".join(CLOSE_POINT.sub(". ", plain).split())).chars(most))
