"""At the till: labels that are scanned one after the other, and what says how it is paid."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from accounts.models import User
from invoices.documents.issuing import issue
from invoices.models import Invoice
from invoices.tests.test_till import TILL, agreed_ticket, piece_of, send, text_of
from store.models import Item, Order, ShopProfile
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"


@pytest.fixture
def till(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def strip_of(till: Client) -> str:
    """The paper of 80 mm for the one invoice there is."""
    answer = till.get(f"{TILL}receipt.pdf?invoice={Invoice.objects.get().pk}")
    return PdfReader(BytesIO(answer.content)).pages[0].extract_text()


@pytest.mark.parametrize("site", ["https://shop.example.com", ""])
def test_a_label_typed_by_a_scanner_is_put_into_the_sale(
    till: Client, clock: Item, site: str
) -> None:
    first, second = piece_of(make_item(title="Lamp")).pk, piece_of(clock).pk
    answer = till.get(f"{TILL}?piece={first}&q={site}/p/{second}/")
    assert answer["Location"] == f"{TILL}?piece={first}&piece={second}"


def test_a_second_label_of_a_camera_is_offered_for_the_open_sale(till: Client, clock: Item) -> None:
    lamp = piece_of(make_item(title="Lamp")).pk
    together = f"{TILL}?piece={lamp}&amp;piece={piece_of(clock).pk}"
    assert "that is open" not in text_of(till.get(f"/p/{lamp}/", follow=True))
    assert together in text_of(till.get(f"/p/{piece_of(clock).pk}/", follow=True))

    send(till, clock)
    again = text_of(till.get(f"/p/{lamp}/", follow=True))
    assert "that is open" not in again


def test_change_is_counted_from_what_is_paid_now(till: Client, alice: User) -> None:
    invoice = agreed_ticket(alice).invoice
    paid = {"ticket": str(invoice.pk), "given": "100"}
    assert "Give back <strong>€80.00" in text_of(send(till, **paid, shown="20"))

    # The deposit, which was paid before, goes back to nobody, and hides nothing.
    issue(invoice_id=invoice.pk)
    assert "Give back <strong>€44.50" in text_of(send(till, **paid, shown="55.50"))


def test_what_waits_for_a_transfer_says_so_on_page_and_paper(till: Client, clock: Item) -> None:
    ShopProfile.objects.update(iban=IBAN)
    page = text_of(send(till, clock, pay="transfer", name="Ann", email="ann@example.com"))
    assert "It is kept until the money has arrived." in page
    assert "It waits for the money" in page
    assert "It is sold." not in page
    assert "It has no number yet" not in page

    paper, order = strip_of(till), Order.objects.get()
    for words in ("Request for payment", "Ordered", "To be paid by", "IBAN", order.reference):
        assert words in paper
    assert "deposit" not in paper


def test_a_deposit_is_receipted(till: Client, alice: User) -> None:
    ticket = agreed_ticket(alice)
    invoice = ticket.invoice
    sent = {"ticket": invoice.pk, "shown": invoice.due_now, "pay": "cash", "idempotency_key": "k"}
    page = text_of(till.post(TILL, sent, follow=True))
    assert "It is paid." not in page
    assert "The payment is written down." in page

    paper = strip_of(till)
    assert "Receipt of a deposit" in paper
    assert "Date" in paper
    assert "Request" not in paper


def test_the_rest_by_card_is_said_on_the_receipt(till: Client, clock: Item) -> None:
    page = text_of(send(till, clock, pay="both", given="88"))
    assert "Cash <strong>€88.00" in page
    assert f"Card <strong>€{clock.price - Decimal(88):.2f}" in page
    page = text_of(send(till, make_item(), pay="both", given="10", email="nobody"))
    assert "Card <strong>" in page


def test_what_is_to_pay_follows_the_discount_after_a_refusal(till: Client, clock: Item) -> None:
    less = {"discount": "20", "discount_reason": "chipped", "given": "90"}
    page = " ".join(text_of(send(till, clock, **less)).split())
    assert "€10.00 are missing" in page
    assert "To pay</span><strong>€100.00<" in page
    assert "Discount</span><strong>−€20.00<" in page

    page = text_of(send(till, clock, **{**less, "discount": "120"}))
    assert "To pay</span><strong>€120.00<" in page


def test_back_to_a_sale_that_is_done_leads_to_its_receipt(till: Client, clock: Item) -> None:
    address = {"piece": piece_of(clock).pk}
    receipt = send(till, clock).redirect_chain[-1][0]
    page = text_of(till.get(TILL, address))
    assert "You have just sold this." in page
    assert f'href="{receipt}"' in page
    for words in ("cannot be sold", "To pay", "Leave out"):
        assert words not in page

    other = piece_of(make_item()).pk
    both = text_of(till.get(f"{TILL}?piece={address['piece']}&piece={other}"))
    assert "cannot be sold: leave it out" in both
    assert "You have just sold this." not in both
