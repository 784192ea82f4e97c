"""How the admin says what state a piece is in, with what only staff may know."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from store.availability import state_words
from store.models import Piece

State = Piece.State


def state_of(piece: Piece) -> str:
    """A piece's state in words, with what staff know more of it.

    Needs `with_state`, and of loan items `with_lent`.
    """
    state = State(piece.state)
    if state == State.HELD and piece.held_until:
        return state_words(state, holder=piece.holder, until=moment(piece.held_until))
    if state == State.ORDERED and piece.order:
        words = {"state": state_words(state), "order": piece.order.reference}
        return _("%(state)s for order %(order)s") % words
    if state == State.SOLD and piece.sold_at:
        day = date_format(localtime(piece.sold_at), "DATE_FORMAT")
        return _("%(state)s on %(day)s") % {"state": state_words(state), "day": day}
    if piece.for_loan_since:
        return _("lent to a customer") if piece.is_lent else _("loan item")
    return state_words(state)


def moment(when: datetime) -> str:
    """Date and time in the shop's time zone; today's without the date."""
    local = localtime(when)
    short = local.date() == localtime().date()
    return date_format(local, "TIME_FORMAT" if short else "SHORT_DATETIME_FORMAT")


def state_badge(piece: Piece) -> SafeString:
    """The state as a coloured word, a link where there is an order."""
    badge = format_html('<span class="state state--{}">{}</span>', piece.state, state_of(piece))
    if piece.order_id is None:
        return badge
    address = reverse("admin:store_order_change", args=[piece.order_id])
    return format_html('<a href="{}">{}</a>', address, badge)


def listed(pieces: Iterable[Piece], *, most: int = 5) -> str:
    """Name some pieces with their states: `S1 (sold), S2 (reserved until 14:35) and 3 more`."""
    named = [f"{piece.stock_number} ({state_of(piece)})" for piece in pieces]
    text = ", ".join(named[:most])
    if left := len(named[most:]):
        text = _("%(pieces)s and %(count)d more") % {"pieces": text, "count": left}
    return text
