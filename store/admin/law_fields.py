"""What the law asks of few things: folded in the form of all others."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from store.admin.forms import SAFETY
from store.models import Item
from store.models.watched import UNWATCHED

LAW: list[Any] = [
    "withdrawal_exception",
    ("watched_material", "certificate", "sent_to"),
    *SAFETY,
]
FILLED_IN = ["withdrawal_exception", "certificate", "sent_to", *SAFETY]


def folded_law(request: HttpRequest, item: Item | None) -> Any:
    """These fields, open when one is filled in. Django opens them when one is wrong."""
    sent, empty = request.POST, [*UNWATCHED, None]
    is_asked = sent.get("watched_material", getattr(item, "watched_material", "")) not in empty
    filled = [sent.get(name, getattr(item, name, "")) for name in FILLED_IN]
    classes = [] if is_asked or any(filled) else ["collapse"]
    return (_("What the law asks"), {"fields": LAW, "classes": classes})
