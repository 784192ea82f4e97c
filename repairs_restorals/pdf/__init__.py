"""What is printed: a label for the thing, and a receipt for who has brought it."""

from pathlib import Path

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from money.filters import money
from repairs_restorals.models import ServiceTicket
from store.models import ShopProfile
from store.pdf import qr_code, render_pdf

TEMPLATES = Path(__file__).parent


def label(ticket: ServiceTicket, *, address: str) -> bytes:
    """An A6 label as PDF. Its code leads to `address`: to where staff work on the ticket."""
    return render_pdf(
        TEMPLATES / "label.typ",
        timestamp=ticket.created_at,
        code=qr_code(address),
        reference=ticket.reference,
        title=ticket.title,
        facts=[*facts(ticket), (_("Received"), received(ticket))],
    )


def receipt(ticket: ServiceTicket, *, address: str) -> bytes:
    """An A5 receipt as PDF. Its code leads to `address`, the status link; "" leaves it out."""
    shop = ShopProfile.get_solo()
    return render_pdf(
        TEMPLATES / "receipt.typ",
        timestamp=ticket.created_at,
        code=qr_code(address) if address else "",
        code_text=_("How things stand:"),
        address=address,
        shop=[shop.name, *shop.address_lines, *filter(None, [shop.phone, shop.email])],
        heading=_("Receipt for %s") % ticket.reference,
        title=ticket.title,
        facts=[*facts(ticket), *agreed(ticket), (_("Received"), received(ticket))],
        texts=[
            (_("What is wrong, and what is wished"), ticket.description),
            (_("Condition when handed in"), ticket.condition),
        ],
        hours=shop.opening_hours,
        signatures=[_("For the workshop"), _("Handed in by")],
    )


def facts(ticket: ServiceTicket) -> list[tuple[str, str]]:
    """What tells one thing from another; what is not known is left out."""
    found = [
        (_("Customer"), ticket.customer.name),
        (_("Kind of work"), ticket.get_kind_display()),
        (_("Serial number"), ticket.serial_number),
        (_("Stock number"), ticket.piece.stock_number if ticket.piece else ""),
        (_("Needed by"), date_format(ticket.needed_by) if ticket.needed_by else ""),
    ]
    return [(name, str(fact)) for name, fact in found if fact]


def agreed(ticket: ServiceTicket) -> list[tuple[str, str]]:
    if ticket.go_ahead_limit is None:
        return []
    return [(_("We may begin without asking up to"), money(ticket.go_ahead_limit))]


def received(ticket: ServiceTicket) -> str:
    return date_format(localtime(ticket.created_at), "DATE_FORMAT")
