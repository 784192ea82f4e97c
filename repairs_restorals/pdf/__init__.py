"""What is printed: a label for the thing, and a receipt for who has brought it."""

import re
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from money.filters import money
from repairs_restorals.models import RepairForm, ServiceTicket
from store.models import ShopProfile
from store.pdf import qr_code, render_pdf
from store.pictures.letterhead import letterhead_of
from typed.languages import speaking

FORM_NOTE = gettext_lazy(
    "Given according to Article 4 and Annex I of Directive (EU) 2024/1799. Its conditions are not "
    "altered for 30 calendar days from when it was given. Nobody has to accept it."
)
PAGE = re.compile(rb"/Type\s*/Page\b")
TEMPLATES = Path(__file__).parent


def label(ticket: ServiceTicket, *, address: str) -> bytes:
    """An A6 label as PDF. Its code leads to `address`: to where staff work on the ticket."""
    return printed("label.typ", ticket, **of_label(ticket, address))


def receipt(ticket: ServiceTicket, *, address: str) -> bytes:
    """An A5 receipt as PDF. Its code leads to `address`, the status link; "" leaves it out."""
    return printed("receipt.typ", ticket, **of_receipt(ticket, address))


def papers(ticket: ServiceTicket, *, page: str, status: str) -> bytes:
    """The receipt and, on the last page, the label: each as wide as it is by itself."""
    both = {"receipt": of_receipt(ticket, status), "label": of_label(ticket, page)}
    return printed("papers.typ", ticket, **both)


# Of what fits on the one page that the form is to have, the largest.
SIZES = (10.5, 9.0, 7.5, 6.5)


def repair_form(form: RepairForm) -> bytes:
    """The form as it was given, as PDF: on one page, in letters as large as fit there."""
    with speaking(form.quote.ticket.language):
        return form_on_a_page(form)


def form_on_a_page(form: RepairForm) -> bytes:
    head = letterhead_of(ShopProfile.get_solo())
    for size in SIZES:
        pdf = render_pdf(
            TEMPLATES / "repair_form.typ",
            timestamp=form.given_at or form.quote.ticket.created_at,
            accessible=True,
            head=head,
            heading=_("European Repair Information Form"),
            subtitle=f"{form.quote} · {date_format(localtime(form.given_at), 'DATE_FORMAT')}",
            sections=form.sections,
            size=size,
            language=str(get_language()).partition("-")[0],
            note=str(FORM_NOTE),
        )
        if len(PAGE.findall(pdf)) == 1:
            break
    return pdf


def printed(template: str, ticket: ServiceTicket, **data: Any) -> bytes:
    return render_pdf(TEMPLATES / template, timestamp=ticket.created_at, **data)


def of_label(ticket: ServiceTicket, address: str) -> dict[str, Any]:
    return {
        "code": qr_code(address),
        "reference": ticket.reference,
        "title": ticket.title,
        "facts": [*facts(ticket), (_("Received"), received(ticket))],
    }


def of_receipt(ticket: ServiceTicket, address: str) -> dict[str, Any]:
    """In the language of whoever brings the thing."""
    with speaking(ticket.language):
        return content_of_receipt(ticket, address)


def content_of_receipt(ticket: ServiceTicket, address: str) -> dict[str, Any]:
    shop = ShopProfile.get_solo()
    return {
        "code": qr_code(address) if address else "",
        "code_text": _("How things stand:"),
        "address": address,
        "head": letterhead_of(shop),
        "shop": [shop.name, *shop.address_lines, *filter(None, [shop.phone, shop.email])],
        "heading": _("Receipt for %s") % ticket.reference,
        "title": ticket.title,
        "facts": [*facts(ticket), *agreed(ticket), (_("Received"), received(ticket))],
        "texts": [
            (_("What is wrong, and what is wished"), ticket.description),
            (_("Condition when handed in"), ticket.condition),
        ],
        "hours": shop.translated.opening_hours,
        "signatures": [_("For the workshop"), _("Handed in by")],
    }


def facts(ticket: ServiceTicket) -> list[tuple[str, str]]:
    """What tells one thing from another; what is not known is left out."""
    found = [
        (_("Customer"), ticket.customer.name),
        (_("Phone"), phone_of(ticket)),
        (_("Kind of work"), ticket.get_kind_display()),
        (_("Serial number"), ticket.serial_number),
        (_("Stock number"), ticket.piece.stock_number if ticket.piece else ""),
        (_("Needed by"), date_format(ticket.needed_by) if ticket.needed_by else ""),
    ]
    return [(name, str(fact)) for name, fact in found if fact]


def phone_of(ticket: ServiceTicket) -> str:
    """Printed so that whoever brings the thing sees when it was mistyped."""
    customer = getattr(ticket.customer, "customer", None)
    return customer.phone if customer else ""


def agreed(ticket: ServiceTicket) -> list[tuple[str, str]]:
    if ticket.go_ahead_limit is None:
        return []
    return [(_("We may begin without asking up to"), money(ticket.go_ahead_limit))]


def received(ticket: ServiceTicket) -> str:
    return date_format(localtime(ticket.created_at), "DATE_FORMAT")
