"""Words for materials that the law watches, and where things with them may go."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from store.models.watched import NAMES, TEXTS, UNWATCHED, SentTo

WORDS = re.compile(rf"\b(?:{NAMES})", re.IGNORECASE)
EU = frozenset(
    [
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    ]
)


def why_no_papers(values: Mapping[str, Any]) -> tuple[str, str]:
    """The field, and why a thing with these columns is not published; empty when it may be."""
    said = values.get("watched_material", "")
    if not said:
        found = WORDS.search(" ".join(str(values.get(name) or "") for name in TEXTS))
        if not found:
            return "", ""
        text = _("It says “%s”: please answer whether there is any of these in it.")
        return "watched_material", text % found[0]
    if said in UNWATCHED:
        return "", ""
    if not values.get("certificate"):
        return "certificate", _("With such a material in it, it is published with papers only.")
    if not values.get("sent_to"):
        return "sent_to", _("Please say where it may be sent with its papers.")
    return "", ""


def may_go(sent_to: str, code: str, home: str) -> bool:
    """Whether a thing with papers may be sent to a country, from that of the shop; not to one that
    nobody knows.
    """
    if sent_to in ("", SentTo.WORLD):
        return True
    if sent_to == SentTo.EU:
        return code in EU
    return sent_to == SentTo.COUNTRY and bool(code) and code == home
