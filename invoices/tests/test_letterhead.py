"""The shop's logo and colour on its papers; what was issued keeps those of its day."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pypdf import PdfReader

from invoices.documents.issuing import issue
from invoices.documents.pdf import pdf_of
from invoices.models import Invoice
from invoices.orders.pdf import packing_slips
from invoices.tests.admin_steps import make_invoice
from repairs_restorals.models import RepairForm
from repairs_restorals.pdf import papers, receipt, repair_form
from repairs_restorals.quote_services import send_quote
from repairs_restorals.repair_forms import write_form
from repairs_restorals.tests.factories import make_quote, make_ticket
from store.models import ShopProfile
from store.pictures.logo import LOGO, store_picture, use_picture
from store.tests.factories import make_item, make_order
from store.tests.pictures import picture_bytes, upload

pytestmark = pytest.mark.django_db
SITE = "https://shop.example.com/"
ACCENT = "#1c2b9c"


def drawn(pdf: bytes) -> tuple[int, bool]:
    """How many pictures its first page has, and whether something is in the shop's colour."""
    page = PdfReader(BytesIO(pdf)).pages[0]
    content = page.get_contents()
    assert content is not None
    return len(page.images), b"0.10980392 0.16862746 0.6117647 sc" in content.get_data()


@pytest.fixture
def shop() -> ShopProfile:
    shop = ShopProfile.get_solo()
    picture = picture_bytes((900, 300), mode="RGBA", color=(0, 0, 0, 90), image_format="PNG")
    use_picture(LOGO, shop, store_picture(LOGO, upload(picture)))
    shop.accent = ACCENT
    shop.save()
    return shop


def print_invoice() -> bytes:
    return pdf_of(make_invoice())


def print_deposit() -> bytes:
    return pdf_of(make_invoice(issued=False))


def print_slip() -> bytes:
    order = make_order(make_item(), delivery="ship")
    return packing_slips([order], pages={order.pk: SITE})


def print_receipt() -> bytes:
    return receipt(make_ticket(), address="")


def print_papers() -> bytes:
    return papers(make_ticket(), page=SITE, status="")


def print_repair_form() -> bytes:
    ticket = make_ticket()
    form = write_form(quote=make_quote(ticket), values={"good": "Violin"})
    return repair_form(give(form))


def give(form: RepairForm) -> RepairForm:
    send_quote(quote_id=form.quote_id, actor=form.quote.ticket.customer, site=SITE)
    return RepairForm.objects.get(pk=form.pk)


PAPERS = [
    *(print_invoice, print_deposit, print_slip, print_receipt, print_papers),
    print_repair_form,
]


@pytest.mark.parametrize("paper", PAPERS)
def test_papers_have_logo_and_colour(paper: Callable[[], bytes], shop: ShopProfile) -> None:
    assert drawn(paper()) == (1, True)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("broken", [b"RIFF no picture", None])
def test_a_logo_that_cannot_be_read_hinders_no_paper(
    paper: Callable[[], bytes], shop: ShopProfile, broken: bytes | None
) -> None:
    default_storage.delete(shop.logo)
    if broken:
        default_storage.save(shop.logo, BytesIO(broken))

    assert drawn(paper()) == (0, True)


def printed_again(invoice: Invoice) -> bytes:
    return pdf_of(Invoice.objects.with_parts().get(pk=invoice.pk))


def test_what_is_issued_keeps_the_head_of_its_day(shop: ShopProfile) -> None:
    invoice = make_invoice()
    before = printed_again(invoice)

    use_picture(LOGO, shop, store_picture(LOGO, upload(picture_bytes((300, 300)))))
    shop.accent = ""
    shop.save()

    assert printed_again(invoice) == before


def test_what_was_issued_before_there_were_logos_has_none(shop: ShopProfile) -> None:
    draft = make_invoice(issued=False)
    issued: Any = issue(invoice_id=draft.pk)
    for name in ("logo", "accent"):
        del issued.snapshot["seller"][name]

    assert drawn(pdf_of(issued)) == (0, False)
