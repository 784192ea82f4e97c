"""The sale that a session has open, so that a second label can be scanned into it.

A phone's camera opens each label's address by itself, and knows nothing of what it opened before.
And what was typed and refused: no browser keeps a page that answers what was sent, so that one
with an address of its own shows it.
"""

from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from invoices.counter.chosen import Chosen

OPEN, SCANNED = "till", "scanned"
TYPED, AGAIN = "till_typed", "again"
SOLD = "till_sold"
# Nobody types so much at a till.
MOST_CHARACTERS = 10_000


class Typed(NamedTuple):
    """What was sent, and why it was refused where the form itself does not say so."""

    sent: QueryDict
    problem: str


def remember(session: SessionBase, chosen: Chosen) -> None:
    _path, _mark, query = chosen.address().partition("?")
    if not chosen.lines:
        forget(session)
    elif session.get(OPEN) != query:
        session[OPEN] = query


def forget(session: SessionBase) -> None:
    session.pop(OPEN, None)
    session.pop(TYPED, None)


def finish(session: SessionBase, chosen: Chosen, receipt: str) -> None:
    """Begin anew, and keep what was sold, for whoever goes back to it."""
    forget(session)
    session[SOLD] = [sorted(map(list, chosen.fields)), receipt]


def just_sold(session: SessionBase, chosen: Chosen) -> str:
    """Where the receipt is, if the last sale was of exactly this; else ""."""
    fields, receipt = session.get(SOLD, [[], ""])
    return str(receipt) if fields == sorted(map(list, chosen.fields)) else ""


def keep_typed(session: SessionBase, sent: QueryDict, problem: str) -> str:
    """Keep it until the next time, and return the part of an address that shows it; "" if not."""
    texts = sent.copy()
    texts.pop("csrfmiddlewaretoken", None)
    if len(texts.urlencode()) > MOST_CHARACTERS:
        return ""
    key = texts.get("idempotency_key", "")
    session[TYPED] = [key, texts.urlencode(), problem]
    return urlencode({AGAIN: key})


def typed_before(session: SessionBase, key: str) -> Typed | None:
    """What was refused of the sale that an address names, if it was the last one."""
    known, sent, problem = session.get(TYPED, ["", "", ""])
    return Typed(QueryDict(sent), problem) if sent and known == key else None


def earlier_sale(session: SessionBase, scanned: Chosen) -> Chosen | None:
    """What was being sold before a label was scanned; None when there is nothing to add it to."""
    found = Chosen(QueryDict(session.get(OPEN, "")))
    others = {*found.fields} - {*scanned.fields}
    return found if others and not found.not_for_sale else None
