"""A discount is a line with its reason: in the quote, on the invoice, in what is taken back."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.credit_notes import Credit, credit
from invoices.documents.issuing import issue
from invoices.documents.pdf.content import content_of
from invoices.exceptions import TooMuch
from invoices.models import Invoice
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import decide_quote, draft_quote, send_quote
from repairs_restorals.tests.board_steps import lines_data, quote_page
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from repairs_restorals.tests.test_board_quotes import HEAD

pytestmark = pytest.mark.django_db
WORK = {"description": "Glue the neck", "quantity": "1.25", "price": "79.99"}
REGULAR = {"kind": "discount", "description": "for regulars", "price": "10"}


@pytest.fixture
def quote(db: None) -> Quote:
    quote = make_quote(make_ticket())
    quote.lines.all().delete()
    return quote


@pytest.fixture
def staff(client: Client, wren: User) -> Client:
    client.force_login(wren)
    return client


def write(staff: Client, quote: Quote, *rows: dict[str, str]) -> str:
    data = {**HEAD, **lines_data(*rows)}
    return staff.post(quote_page(quote, "edit"), data, follow=True).content.decode()


def bill(quote: Quote, wren: User) -> Invoice:
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    return issue(invoice_id=Invoice.objects.get(ticket=quote.ticket).pk)


@pytest.mark.parametrize("price", ["10", "-10"])
def test_staff_give_a_discount_on_a_quote(staff: Client, quote: Quote, price: str) -> None:
    write(staff, quote, WORK, {**REGULAR, "price": price})

    assert [line.total for line in quote.lines.all()] == [Decimal("99.99"), Decimal("-10.00")]
    assert quote.total == Decimal("89.99")
    assert quote.taxes == {Decimal("19.00"): Decimal("14.37")}


def test_it_is_shown_as_it_was_typed_when_the_quote_is_written_on(
    staff: Client, quote: Quote
) -> None:
    write(staff, quote, WORK, REGULAR)

    row = staff.get(quote_page(quote, "edit")).context["lines"].forms[1]

    typed = [row[name].value() for name in ("kind", "quantity", "price")]
    assert [str(value) for value in typed] == ["discount", "1.00", "10.00"]


def test_page_mail_invoice_and_document_show_it_with_its_reason(
    staff: Client, quote: Quote, wren: User
) -> None:
    write(staff, quote, WORK, REGULAR)
    invoice = bill(quote, wren)

    page = staff.get(quote.get_absolute_url()).content.decode()
    assert "Discount: for regulars" in page
    assert "-€10.00" in page
    assert any("Discount: for regulars: -€10.00" in str(mail.body) for mail in mails_sent())
    assert invoice.total == Decimal("89.99")
    assert ("Discount: for regulars", "-1 pc.", "€10.00", "19 %", "-€10.00") in content_of(
        invoice
    ).lines


def test_a_total_is_never_below_zero(staff: Client, quote: Quote) -> None:
    page = write(staff, quote, WORK, {**REGULAR, "price": "100"})

    assert "A discount cannot be more than all else with the same tax." in page
    assert not quote.lines.exists()


def test_a_discount_at_another_tax_has_nothing_to_take_from(staff: Client, quote: Quote) -> None:
    page = write(staff, quote, WORK, {**REGULAR, "tax_rate": "7"})

    assert "A discount cannot be more than all else with the same tax." in page


def test_a_part_below_zero_is_told_what_it_should_be(staff: Client, quote: Quote) -> None:
    page = write(staff, quote, WORK, {**REGULAR, "kind": "part", "price": "-10"})

    assert "What takes from the total is a line of the kind discount." in page


def test_a_newer_version_keeps_it(staff: Client, quote: Quote, wren: User) -> None:
    write(staff, quote, WORK, REGULAR)
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)

    assert draft_quote(ticket_id=quote.ticket_id, author=wren).total == Decimal("89.99")


def test_all_of_an_invoice_is_taken_back_with_its_discount(
    staff: Client, quote: Quote, wren: User
) -> None:
    write(staff, quote, WORK, REGULAR)
    invoice = bill(quote, wren)

    note = credit(invoice_id=invoice.pk, reason="Broken", actor=wren)

    assert note.total == Decimal("-89.99")
    assert Invoice.objects.get(pk=invoice.pk).balance == 0


def test_no_more_is_taken_back_than_was_asked_for(staff: Client, quote: Quote, wren: User) -> None:
    write(staff, quote, WORK, REGULAR)
    invoice = bill(quote, wren)
    work = invoice.lines.all()[0]

    with pytest.raises(TooMuch):
        credit(invoice_id=invoice.pk, parts=[Credit(work.pk, work.total)], reason="x", actor=wren)
