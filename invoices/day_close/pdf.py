"""The sheet of a close, as whoever signs it gets it: made once, and kept with the close.

What was signed must read the same for ever. One rendered anew from its figures would follow the
templates, words, fonts and typesetting program of its day.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from invoices.day_close.figures import OpenDay, Taking
from invoices.models import CashMovement, DayClose, Payment
from money.filters import money
from store.models import ShopProfile
from store.pdf import render_pdf

TEMPLATE = Path(__file__).parent / "day_close.typ"
Rows = list[tuple[str, ...]]


def pdf_of(close: DayClose, day: OpenDay) -> bytes:
    """The sheet of a close of just this open day, before it is written."""
    shop = ShopProfile.get_solo()
    return render_pdf(
        TEMPLATE,
        timestamp=close.at,
        accessible=True,
        language=str(get_language()).partition("-")[0],
        author=shop.name,
        shop=[shop.name, *shop.address_lines],
        heading=_("Day close %d") % close.number,
        facts=facts_of(close),
        parts=parts_of(close, day),
        note=close.note,
        signed=_("Signed by %s") % close.signed_by,
        legal=_("Made by a shop program, not by a cash register with a certified security device."),
    )


def facts_of(close: DayClose) -> Rows:
    since = moment(close.since) if close.since else _("the first day")
    return [
        (_("Day"), date_format(close.day, "DATE_FORMAT")),
        (_("Recorded since"), since),
        (_("Closed"), moment(close.at)),
        (_("Account"), str(close.actor)),
    ]


def parts_of(close: DayClose, day: OpenDay) -> list[dict[str, Any]]:
    """Tables with a heading each, their names of columns, and rows; an empty one is left out."""
    parts = [
        (
            _("Takings"),
            (
                _("Way of payment"),
                pgettext("how many", "Number"),
                _("Came in"),
                _("Went back"),
                _("Sum"),
            ),
            [row_of_taking(taking) for taking in day.takings],
        ),
        (
            _("Cash put in and taken out"),
            (_("What for"), _("When, by whom"), _("Amount")),
            [row_of_movement(movement) for movement in day.movements],
        ),
        (
            _("Recorded now, of days that were closed before"),
            (_("Invoice"), _("Date and way"), _("Amount")),
            [row_of_late(payment) for payment in day.late],
        ),
        (_("Drawer"), ("", _("Amount")), drawer_of(close)),
    ]
    return [
        {"heading": heading, "columns": columns, "rows": rows}
        for heading, columns, rows in parts
        if rows
    ]


def drawer_of(close: DayClose) -> Rows:
    """From what was in it at first to what is too much or missing."""
    counted_up = [
        (_("In the drawer to begin with"), close.opening),
        (_("Taken in cash"), close.cash),
        (_("Put in"), close.paid_in),
        (_("Taken out"), -close.paid_out),
        (_("Should be in the drawer"), close.expected),
        (_("Counted"), close.counted),
        (_("Difference"), close.difference),
    ]
    return [(name, money(amount, close.currency)) for name, amount in counted_up]


def row_of_taking(taking: Taking) -> tuple[str, ...]:
    amounts = (money(each, taking.currency) for each in (taking.came, taking.went, taking.sum))
    return (taking.label, str(taking.number), *amounts)


def row_of_movement(movement: CashMovement) -> tuple[str, ...]:
    who = f"{moment(movement.at)}, {movement.who}"
    return movement.reason, who, money(movement.amount, movement.currency)


def row_of_late(payment: Payment) -> tuple[str, ...]:
    dated = f"{date_format(payment.received_on, 'DATE_FORMAT')}, {payment.get_method_display()}"
    return str(payment.invoice), dated, money(payment.amount, payment.currency)


def moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")
