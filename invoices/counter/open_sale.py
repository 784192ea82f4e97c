"""The sale that a session has open, so that a second label can be scanned into it.

A phone's camera opens each label's address by itself, and knows nothing of what it opened before.
"""

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from invoices.counter.chosen import Chosen

OPEN, SCANNED = "till", "scanned"


def remember(session: SessionBase, chosen: Chosen) -> None:
    _path, _mark, query = chosen.address().partition("?")
    if not chosen.lines:
        forget(session)
    elif session.get(OPEN) != query:
        session[OPEN] = query


def forget(session: SessionBase) -> None:
    session.pop(OPEN, None)


def earlier_sale(session: SessionBase, scanned: Chosen) -> Chosen | None:
    """What was being sold before a label was scanned; None when there is nothing to add it to."""
    found = Chosen(QueryDict(session.get(OPEN, "")))
    others = {*found.fields} - {*scanned.fields}
    return found if others and not found.not_for_sale else None
