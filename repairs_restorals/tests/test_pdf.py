import re
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Customer, User
from accounts.tests.factories import make_user
from repairs_restorals.models import ServiceTicket
from repairs_restorals.pdf import agreed, facts, label, papers, receipt
from repairs_restorals.tests.factories import make_ticket
from store.pdf import qr_code

ADDRESS = "https://shop.example.com/workshop/status/secret/"
# Each would stop the printing if it were read as typst's markup.
MARKUP = ['#panic("boo")', "$ unclosed", "*bold", "\\", '"quote" // gone', "#import <nothing>"]
NAMES = ["Zoë Ångström", "Владимир", "王小明", "محمد", "🎻", "a" * 150, "\u202eX"]


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("text", [*MARKUP, *NAMES])
def test_whatever_people_write_is_printed_as_it_is(db: None, text: str) -> None:
    customer = make_user(name=text)
    ticket = make_ticket(customer, title=text[:120], description=text, condition=text)

    assert pages(label(ticket, address=ADDRESS)) == 1
    assert pages(receipt(ticket, address=ADDRESS)) == 1


def test_the_longest_ticket_fits_on_its_label(alice: User) -> None:
    ticket = make_ticket(alice, title="W" * 120, serial_number="W" * 100)

    assert pages(label(ticket, address=ADDRESS)) == 1
    ticket.description = "Long. " * 800
    assert pages(receipt(ticket, address=ADDRESS)) > 1


def test_the_same_ticket_gives_the_same_bytes(alice: User) -> None:
    ticket = make_ticket(alice)

    for paper in (label, receipt):
        assert paper(ticket, address=ADDRESS) == paper(ticket, address=ADDRESS)
        assert paper(ticket, address=ADDRESS) != paper(ticket, address=ADDRESS + "other")


def test_a_revoked_status_link_leaves_a_receipt_without_a_code(alice: User) -> None:
    assert pages(receipt(make_ticket(alice), address="")) == 1


def test_a_code_is_a_drawing_of_its_address() -> None:
    assert qr_code(ADDRESS).startswith("<svg")
    assert qr_code(ADDRESS) == qr_code(ADDRESS) != qr_code(ADDRESS + "2")


def test_what_is_not_known_is_left_out() -> None:
    customer = User(name="Alice", email="alice@example.com")
    ticket = ServiceTicket(pk=12, customer=customer, title="Violin", created_at=timezone.now())

    assert [name for name, _ in facts(ticket)] == ["Customer", "Kind of work"]
    assert agreed(ticket) == []
    ticket.go_ahead_limit = 80
    assert agreed(ticket) == [("We may begin without asking up to", "€80.00")]


def test_papers_name_the_phone_by_which_the_customer_is_reached(alice: User) -> None:
    alice.customer = Customer(user=alice, phone="030 555777")

    assert ("Phone", "030 555777") in facts(make_ticket(alice))


def test_the_pages_of_a_receipt_are_counted_without_the_label(alice: User) -> None:
    ticket = make_ticket(alice, description="Loose. " * 20)
    assert "1 / " not in texts(papers(ticket, page=ADDRESS, status=ADDRESS))[0]

    ticket.description = "Loose. " * 360
    first, second, _label = texts(papers(ticket, page=ADDRESS, status=ADDRESS))
    assert "1 / 2" in first
    # Whoever signs a page of its own reads for what.
    assert f"Receipt for {ticket.reference}" in second


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
