"""A discount is a line with its reason: in the quote, on the invoice, in what is taken back."""

import re
from contextlib import suppress
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.credit_notes import Credit, credit, most_of_lines
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.documents.pdf.content import content_of
from invoices.exceptions import TooMuch
from invoices.models import Invoice
from invoices.tests.admin_steps import page_of, send
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import decide_quote, draft_quote, send_quote
from repairs_restorals.tests.board_steps import lines_data, quote_page
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from repairs_restorals.tests.test_board_quotes import HEAD
from store.models import Item, Order, OrderLine
from store.tests.factories import make_item, make_order

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
    assert "−€10.00" in page
    assert any("Discount: for regulars: −€10.00" in str(mail.body) for mail in mails_sent())
    assert invoice.total == Decimal("89.99")
    assert ("Discount: for regulars", "", "", "19 %", "−€10.00") in content_of(invoice).lines


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


@pytest.fixture
def draft(db: None) -> Invoice:
    """Of an order of two clocks, 40.00 and 20.01, with shipping."""
    order = make_order(make_item(price=Decimal("40.00")))
    lamp = make_item(price=Decimal("20.01"), tax_scheme=Item.TaxScheme.MARGIN)
    piece = lamp.pieces.get()
    line = OrderLine(order=order, piece=piece, title="Lamp", price=lamp.price, shipping=5)
    line.save()
    return bill_order(order, site=SITE)


def discount(client: Client, invoice: Invoice, amount: str) -> str:
    return str(
        send(client, invoice, "discount", amount=amount, reason="for regulars").content.decode()
    )


@pytest.mark.on_both
def test_staff_give_a_discount_on_an_order(client: Client, sam: User, draft: Invoice) -> None:
    client.force_login(sam)

    assert "It comes to €59.01 now." in discount(client, draft, "6")

    order = Order.objects.get()
    invoice = Invoice.objects.get()
    assert order.total == invoice.total == invoice.balance == Decimal("59.01")
    # In proportion to the prices, each by the scheme and rate of its thing.
    less = [line for line in invoice.lines.all() if line.is_discount]
    assert [(line.scheme, line.total) for line in less] == [
        ("standard", Decimal("-4.00")),
        ("margin", Decimal("-2.00")),
    ]
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Discount: for regulars" in page
    assert "−€6.00" in page


def test_a_discount_is_mailed_and_stands_on_the_order_in_the_admin(
    client: Client, sam: User, draft: Invoice
) -> None:
    client.force_login(sam)
    order = Order.objects.get()
    admin = reverse("admin:store_order_change", args=[order.pk])
    assert "for regulars" not in client.get(admin).text
    discount(client, draft, "6")

    [mail] = mails_sent()
    assert (mail.to, mail.subject) == ([order.email], f"{order} comes to €59.01 now")
    assert "Discount: for regulars: −€6.00\n" in mail.body
    assert "Please transfer €59.01 by" in mail.body
    page = " ".join(client.get(admin).text.split())
    assert "<dt>Discount: for regulars</dt> <dd> −€6.00 </dd>" in page
    assert "<dt>Total</dt> <dd> €59.01 </dd>" in page


def test_another_discount_takes_the_place_of_the_first(
    client: Client, sam: User, draft: Invoice
) -> None:
    client.force_login(sam)
    for amount in ("6", "10", "0"):
        discount(client, draft, amount)

    assert Order.objects.get().total == Invoice.objects.get().total == Decimal("65.01")


@pytest.mark.parametrize("amount", ["60.02", "65.01", "-1"])
def test_no_order_falls_to_nothing(client: Client, sam: User, draft: Invoice, amount: str) -> None:
    client.force_login(sam)
    discount(client, draft, amount)

    assert Order.objects.get().discount == 0
    assert Invoice.objects.get().total == Decimal("65.01")


def test_what_is_issued_has_its_credit_note_instead(
    client: Client, sam: User, draft: Invoice
) -> None:
    client.force_login(sam)
    issue(invoice_id=draft.pk)

    assert "discount" not in client.get(page_of(draft)).context["forms"]


def test_of_a_thing_with_a_discount_no_more_is_taken_back_than_it_cost(
    client: Client, draft: Invoice, sam: User
) -> None:
    """The clock was 40.00 less 13.33, the lamp of the margin scheme 20.01 less 6.67."""
    client.force_login(sam)
    discount(client, draft, "20")
    invoice = issue(invoice_id=draft.pk)
    clock, _less, lamp, *_rest = invoice.lines.all()
    most = most_of_lines(invoice)
    assert (most[clock.pk], most[lamp.pk]) == (Decimal("26.67"), Decimal("13.34"))
    with pytest.raises(TooMuch):
        credit(
            invoice_id=invoice.pk,
            parts=[Credit(clock.pk, Decimal("26.68"))],
            reason="x",
            actor=sam,
        )

    for amount, tax in [("10.00", "-1.60"), ("16.67", "-2.66")]:
        parts = [Credit(clock.pk, Decimal(amount))]
        note = credit(invoice_id=invoice.pk, parts=parts, reason="x", actor=sam)
        assert (note.total, note.taxes[clock.tax_rate]) == (-Decimal(amount), Decimal(tax))

    invoice = Invoice.objects.get(pk=invoice.pk)
    assert [invoice.creditable[line.pk] for line in invoice.lines.all()[:2]] == [0, 0]


def test_a_discount_may_be_taken_back_in_part(client: Client, draft: Invoice, sam: User) -> None:
    client.force_login(sam)
    discount(client, draft, "20")
    clock, less, *_rest = issue(invoice_id=draft.pk).lines.all()

    parts = [Credit(clock.pk, Decimal(10)), Credit(less.pk, Decimal("-0.50"))]
    note = credit(invoice_id=draft.pk, parts=parts, reason="x", actor=sam)

    assert [line.total for line in note.lines.all()] == [Decimal(-10), Decimal("0.50")]


def test_a_discount_on_work_is_on_all_of_it(staff: Client, quote: Quote, wren: User) -> None:
    write(staff, quote, WORK, {**WORK, "price": "16"}, REGULAR)
    work, more, less = bill(quote, wren).lines.all()

    left = most_of_lines(work.invoice)

    assert [left[line.pk] for line in (work, more, less)] == [work.total, more.total, less.total]
    assert more.total == Decimal(20)


@pytest.mark.parametrize("amounts", [("45", "44.99"), ("99.99",), ("0.01", "89.98")])
def test_however_work_with_a_discount_is_taken_back_nothing_falls_below_zero(
    staff: Client, quote: Quote, wren: User, amounts: tuple[str, ...]
) -> None:
    write(staff, quote, WORK, REGULAR)
    invoice = bill(quote, wren)
    work = invoice.lines.all()[0]

    for amount in amounts:
        parts = [Credit(work.pk, Decimal(amount))]
        with suppress(TooMuch):
            credit(invoice_id=invoice.pk, parts=parts, reason="x", actor=wren)

    invoice = Invoice.objects.get(pk=invoice.pk)
    assert invoice.payable == (0 if len(amounts) > 1 else Decimal("89.99"))
    assert not any(invoice.creditable.values()) or len(amounts) == 1
    taxes = [note.taxes[work.tax_rate] for note in invoice.credit_notes.all()]
    assert all(tax <= 0 for tax in taxes)
    assert sum(taxes) == Decimal("-14.37") or len(amounts) == 1


def test_it_has_no_number_of_things_on_any_page(staff: Client, quote: Quote, wren: User) -> None:
    write(staff, quote, WORK, REGULAR)
    Quote.objects.update(deposit=Decimal(20))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    draft = Invoice.objects.get(ticket=quote.ticket)
    asked = staff.get(draft.get_absolute_url()).text
    assert "What we have agreed on" in asked
    assert "What is billed" not in asked
    issued = issue(invoice_id=draft.pk)
    note = credit(invoice_id=issued.pk, reason="Broken", actor=None)

    for each in (issued, note):
        for address in (each.get_absolute_url(), page_of(each)):
            page = staff.get(address).text
            assert "1.25" in page
            assert not re.search(r">\s*-?1 (pc\.|h)\s*<", page), address
