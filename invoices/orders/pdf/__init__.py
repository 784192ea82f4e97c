"""What is printed to pack and send orders: packing slips and address labels, one or many."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from store.models import Order, ShopProfile
from store.pdf import qr_code, render_pdf
from store.pictures.letterhead import letterhead_of
from typed.languages import speaking

TEMPLATES = Path(__file__).parent


def packing_slips(orders: Iterable[Order], *, pages: dict[int, str]) -> bytes:
    """A page or more for each order as PDF; `pages` are where its code leads staff, by id.

    It names no price: what is sent may be a present.
    """
    found = list(orders)
    return render_pdf(
        TEMPLATES / "packing_slip.typ",
        timestamp=newest(found),
        title=_("Packing slips"),
        shop=sender(),
        head=letterhead_of(ShopProfile.get_solo()),
        orders=[slip_of(order, pages[order.pk]) for order in found],
    )


def slip_of(order: Order, page: str) -> dict[str, Any]:
    """In the language of whoever unpacks it."""
    with speaking(order.language):
        return content_of_slip(order, page)


def content_of_slip(order: Order, page: str) -> dict[str, Any]:
    placed = date_format(localtime(order.placed_at), "DATE_FORMAT")
    return {
        "code": qr_code(page),
        "heading": _("Order %s") % order.reference,
        "to": [order.name, *order.address_lines],
        "facts": [(_("Ordered"), placed), (_("Delivery"), str(order.get_delivery_display()))],
        "lines": [
            (line.title, line.piece.stock_number) for line in order.lines.all() if not line.is_gone
        ],
        "names": [_("Thing"), _("Stock number")],
        "note": order.note,
    }


def address_labels(orders: Iterable[Order]) -> bytes:
    """An A6 label for each order as PDF."""
    found = list(orders)
    return render_pdf(
        TEMPLATES / "address_label.typ",
        timestamp=newest(found),
        title=_("Address labels"),
        shop=sender(),
        orders=[
            {"reference": order.reference, "to": [order.name, *order.address_lines]}
            for order in found
        ],
    )


def sender() -> list[str]:
    shop = ShopProfile.get_solo()
    return [shop.name, *shop.address_lines]


def newest(orders: list[Order]) -> datetime:
    """The same orders give the same bytes."""
    return max(order.placed_at for order in orders)
