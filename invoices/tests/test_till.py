"""Selling over the counter: in the service, and on its pages."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.secrets import new_secret
from accounts.tests.factories import make_user
from bag.reservations import reserve_piece
from bag.tests.factories import make_held_item
from invoices.counter.chosen import version_of
from invoices.counter.selling import Sale, sell
from invoices.exceptions import Held, InUnconfirmedOrder, NotForSale, SummaryChanged, TooMuch
from invoices.models import Invoice, Payment
from invoices.payments.ledger import Received, record_payment
from invoices.tests.test_checkout import CHECKOUT, form_of, put_in_bag
from mail.models import Mail
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.bin import bin_items
from store.models import Item, Order, Piece, PieceEvent
from store.models.withdrawal_rights import WithdrawalException
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
TILL = "/admin/till/"
LINK = Quote.Via.LINK
CASH, TERMINAL = Payment.Method.CASH, Payment.Method.TERMINAL


def piece_of(item: Item) -> Piece:
    return item.pieces.get()


def sale_of(*items: Item, **fields: Any) -> Sale:
    pieces = [piece_of(item).pk for item in items]
    total = sum((item.price for item in items), Decimal(0)) - fields.get("discount", 0)
    known = {"money": [(CASH, total)], "total": total, "idempotency_key": new_secret()}
    return Sale(**{"pieces": pieces, "invoices": [], **known, **fields})


def test_what_is_sold_is_paid_billed_and_handed_out_at_once(clock: Item, sam: User) -> None:
    [invoice] = sell(sale_of(clock), actor=sam, site=SITE)

    order = Order.objects.get()
    assert (order.state, order.total, order.customer) == (Order.State.COLLECTED, clock.price, None)
    assert piece_of(clock).sold_at
    assert invoice.state == Invoice.State.PAID
    assert invoice.number
    assert not Mail.objects.exists()


def test_the_line_says_of_the_thing_what_one_of_the_web_does(clock: Item, sam: User) -> None:
    Item.objects.update(withdrawal_exception=WithdrawalException.MADE)
    clock.refresh_from_db()
    sell(sale_of(clock), actor=sam, site=SITE)

    line = Order.objects.get().lines.get()
    assert (line.title, line.price) == (clock.title, clock.price)
    assert line.withdrawal_exception == WithdrawalException.MADE


def test_several_ways_pay_several_things(clock: Item, sam: User) -> None:
    lamp = make_item(title="Lamp", price=30)
    purse = [(CASH, Decimal(100)), (TERMINAL, Decimal(45))]
    sale = sale_of(clock, lamp, discount=Decimal(5), discount_reason="Scratched", money=purse)
    [invoice] = sell(sale, actor=sam, site=SITE)

    assert list(Payment.objects.values_list("method", "amount")) == purse
    assert invoice.total == Decimal(145)
    assert invoice.balance == 0
    assert "Scratched" in str([line.description for line in invoice.lines.all()])


def test_sending_it_twice_sells_once(clock: Item, sam: User) -> None:
    sale = sale_of(clock)
    first, second = (sell(sale, actor=sam, site=SITE) for _ in range(2))

    assert first == second
    assert Payment.objects.count() == Order.objects.count() == 1


def test_a_form_that_stood_still_sells_something_else_and_what_it_sold_not_again(
    clock: Item, sam: User
) -> None:
    """Its first answer never came: filled in anew, it was told that it is sold."""
    lamp, key = make_item(title="Lamp", price=30), new_secret()
    [first] = sell(sale_of(clock, idempotency_key=key), actor=sam, site=SITE)
    [second] = sell(sale_of(lamp, idempotency_key=key), actor=sam, site=SITE)

    assert (second.total, piece_of(lamp).order) == (lamp.price, second.order)
    assert first.order != second.order
    by_terminal = sale_of(clock, idempotency_key=key, money=[(TERMINAL, clock.price)])
    for sale in (sale_of(clock, lamp, idempotency_key=key), by_terminal):
        with pytest.raises(NotForSale):
            sell(sale, actor=sam, site=SITE)


def test_whoever_names_an_address_gets_one_mail_with_the_invoice(clock: Item, sam: User) -> None:
    sell(sale_of(clock, name="Ann", email="ann@example.com"), actor=sam, site=SITE)

    mail = Mail.objects.get()
    assert (mail.to, mail.event) == ("ann@example.com", "invoices.sold")
    assert mail.attachment
    assert clock.title in mail.text


@pytest.mark.parametrize("checked", [True, False])
def test_only_a_checked_address_makes_it_an_accounts(clock: Item, sam: User, checked: bool) -> None:
    user = make_user("ann@example.com")
    User.objects.filter(pk=user.pk).update(email_checked_at=timezone.now() if checked else None)
    sell(sale_of(clock, name="Ann", email="Ann@example.com"), actor=sam, site=SITE)

    assert Order.objects.get().customer == (user if checked else None)


def test_what_somebody_has_in_the_bag_needs_a_reason(sam: User) -> None:
    radio = make_held_item(title="Radio")
    with pytest.raises(Held):
        sell(sale_of(radio), actor=sam, site=SITE)
    assert not Order.objects.exists()

    sell(sale_of(radio, release_reason="The buyer is here"), actor=sam, site=SITE)
    notes = piece_of(radio).events.filter(kind=PieceEvent.Kind.RELEASED).values_list("note")
    assert list(notes) == [("The buyer is here",)]


def test_whoever_had_it_in_the_bag_is_told(client: Client, clock: Item, sam: User) -> None:
    put_in_bag(client, clock)
    sell(sale_of(clock, release_reason="The buyer is here"), actor=sam, site=SITE)

    assert "it has gone to somebody else" in text_of(client.get("/bag/"))


def test_what_is_kept_for_somebody_is_sold_from_its_reservation(clock: Item, sam: User) -> None:
    until = timezone.now() + timedelta(days=2)
    piece = piece_of(clock)
    reserve_piece(piece=piece, until=until, customer=None, actor=sam, reason="Mr. Fox, by phone")
    piece.refresh_from_db()
    sell(sale_of(clock, kept=[version_of(piece)]), actor=sam, site=SITE)

    assert Order.objects.get().pieces.get() == piece
    assert not piece.events.filter(kind=PieceEvent.Kind.RELEASED).exists()


def test_what_is_reserved_since_the_page_was_shown_is_not_sold(clock: Item, sam: User) -> None:
    until = timezone.now() + timedelta(days=2)
    reserve_piece(piece=piece_of(clock), until=until, customer=None, actor=sam, reason="Mr. Fox")
    with pytest.raises(Held):
        sell(sale_of(clock), actor=sam, site=SITE)


def test_what_is_being_paid_for_is_not_sold(client: Client, clock: Item, sam: User) -> None:
    put_in_bag(client, clock)
    client.post(CHECKOUT, form_of(client))
    with pytest.raises(NotForSale):
        sell(sale_of(clock, release_reason="The buyer is here"), actor=sam, site=SITE)
    assert Order.objects.count() == 1


def test_what_waits_to_be_confirmed_is_not_sold(
    client: Client, clock: Item, sam: User, settings: Settings
) -> None:
    settings.CONFIRM_MINUTES = 60
    put_in_bag(client, clock)
    client.post(CHECKOUT, {**form_of(client), "payment_method": "transfer"})
    assert Order.objects.get().is_unconfirmed
    with pytest.raises(InUnconfirmedOrder):
        sell(sale_of(clock, release_reason="The buyer is here"), actor=sam, site=SITE)
    assert Order.objects.get().is_unconfirmed


def test_a_price_that_has_changed_sells_nothing(clock: Item, sam: User) -> None:
    sale = sale_of(clock)
    Item.objects.update(price=150)
    with pytest.raises(SummaryChanged):
        sell(sale, actor=sam, site=SITE)
    assert not Order.objects.exists()
    assert Piece.objects.available().exists()


def test_nothing_is_given_away(clock: Item, sam: User) -> None:
    for discount in (clock.price, clock.price + 1):
        with pytest.raises(TooMuch):
            sell(
                sale_of(clock, discount=discount, total=Decimal(0), money=[]), actor=sam, site=SITE
            )


def agreed_ticket(customer: User) -> ServiceTicket:
    """A ticket that waits for its deposit of 20.00."""
    ticket = make_ticket(customer)
    quote = make_quote(ticket, "75.50", deposit="20")
    send_quote(quote_id=quote.pk, actor=customer, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=LINK, site=SITE)
    return ServiceTicket.objects.get(pk=ticket.pk)


def test_a_ticket_is_paid_with_what_is_bought(clock: Item, alice: User, sam: User) -> None:
    ticket = agreed_ticket(alice)
    due = ticket.invoice.due_now
    total = clock.price + due
    sale = sale_of(clock, invoices=[ticket.invoice.pk], total=total, money=[(CASH, total)])
    sold, paid = sell(sale, actor=sam, site=SITE)

    assert sold.balance == paid.due_now == 0
    assert [payment.amount for payment in Payment.objects.all()] == [clock.price, due]


@pytest.fixture
def till(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def send(till: Client, *items: Item, **fields: str) -> Any:
    pieces = [str(piece_of(item).pk) for item in items]
    shown = sum((item.price for item in items), Decimal(0))
    known = {"shown": shown, "idempotency_key": new_secret(), "pay": "cash"}
    return till.post(TILL, {"piece": pieces, **known, **fields}, follow=True)


def test_from_the_label_to_the_receipt_it_is_one_tap(till: Client, clock: Item) -> None:
    page = till.get(f"/p/{piece_of(clock).pk}/", follow=True)
    assert clock.title in text_of(page)
    receipt = send(till, clock)

    assert "It is sold." in text_of(receipt)
    assert str(Invoice.objects.get().number) in text_of(receipt)


def test_a_label_leads_everybody_else_to_the_thing(client: Client, clock: Item) -> None:
    assert client.get(f"/p/{piece_of(clock).pk}/")["Location"] == clock.get_absolute_url()
    Item.objects.update(published=False)
    assert client.get(f"/p/{piece_of(clock).pk}/").status_code == 404


def test_a_scanned_number_is_put_into_the_sale(till: Client, clock: Item) -> None:
    lamp = make_item(title="Lamp")
    first = piece_of(lamp)
    answer = till.get(f"{TILL}?piece={first.pk}&q=+{piece_of(clock).stock_number}+")

    assert answer["Location"] == f"{TILL}?piece={first.pk}&piece={piece_of(clock).pk}"


def test_words_find_things_and_tickets(till: Client, clock: Item, alice: User) -> None:
    page = text_of(till.get(TILL, {"q": "mantel"}))
    assert f"?piece={piece_of(clock).pk}" in page
    ticket = agreed_ticket(alice)
    page = text_of(till.get(TILL, {"q": ticket.reference.lower()}))
    assert f"?ticket={ticket.invoice.pk}" in page
    assert "€20.00" in page
    assert "Nothing that is for sale" in text_of(till.get(TILL, {"q": "<zebra>"}))


def test_what_is_in_the_bin_is_neither_found_nor_sold(till: Client, clock: Item) -> None:
    sale, number = sale_of(clock), piece_of(clock).stock_number
    bin_items([clock], actor=None)
    for words in ("mantel", number):
        assert "Nothing that is for sale" in text_of(till.get(TILL, {"q": words}))
    with pytest.raises(NotForSale):
        sell(sale, actor=User.objects.get(email="sam@example.com"), site=SITE)


def test_too_much_cash_is_given_back(till: Client, clock: Item) -> None:
    page = text_of(send(till, clock, given="150"))
    assert "Give back <strong>€30.00" in page


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"given": "100"}, "€20.00 are missing"),
        ({"given": "abc"}, 'name="given" value="abc"'),
        ({"pay": "both"}, "Say how much of it is paid in cash."),
        ({"pay": "both", "given": "120"}, "Say how much of it is paid in cash."),
        ({"pay": "transfer", "name": "Ann"}, "Who pays by transfer has a name"),
        ({"discount": "10"}, "Say why"),
        ({"discount": "120", "discount_reason": "x"}, "That is all it costs"),
        ({"pay": "goats"}, "Select a valid choice"),
        ({"shown": "1"}, "A price has changed"),
        ({"shown": "1E+30", "given": "5"}, "A price has changed"),
        ({"email": "nobody"}, 'value="nobody"'),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sold(
    till: Client, clock: Item, fields: dict[str, str], answer: str
) -> None:
    page = text_of(send(till, clock, **fields))

    assert answer in page
    assert not Order.objects.exists()


def test_back_leads_to_what_was_refused_with_all_that_was_typed(till: Client, clock: Item) -> None:
    answer = send(till, clock, given="abc", discount="5", discount_reason="", name="Ann")
    [(address, status)] = answer.redirect_chain
    assert status == 302

    for page in (text_of(answer), text_of(till.get(address))):
        for typed in ('value="abc"', 'value="5"', 'value="Ann"', "Enter", "<details open>"):
            assert typed in page
    assert 'value="abc"' not in text_of(till.get(TILL, {"piece": piece_of(clock).pk}))
    send(till, clock)
    assert 'value="abc"' not in text_of(till.get(address))


def test_it_is_kept_for_a_transfer(till: Client, clock: Item) -> None:
    send(till, clock, pay="transfer", name="Ann", email="ann@example.com")

    order = Order.objects.get()
    assert (order.paid_at, order.payment_method) == (None, "transfer")
    assert [mail.event for mail in Mail.objects.filter(to=order.email)] == ["invoices.placed"]


def test_who_may_not_release_holds_is_not_asked_why(till: Client, sam: User) -> None:
    radio = make_held_item(title="Radio")
    address = {"piece": str(piece_of(radio).pk)}
    assert "release_reason" in text_of(till.get(TILL, address))
    group = sam.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="change_hold"))
    assert "release_reason" not in text_of(till.get(TILL, address))

    page = text_of(send(till, radio, release_reason="I want it"))
    assert "is held for somebody" in page
    assert not Order.objects.exists()


def test_workshop_staff_sell_nothing(client: Client, wren: User, clock: Item) -> None:
    client.force_login(wren)
    for address in (TILL, f"{TILL}receipt/", f"{TILL}receipt.pdf"):
        assert client.get(address).status_code == 403


def test_receipt_and_labels_are_pdfs_for_their_printers(till: Client, clock: Item) -> None:
    receipt = send(till, clock)
    query = receipt.request["QUERY_STRING"]
    pdf = PdfReader(BytesIO(till.get(f"{TILL}receipt.pdf?{query}").content))
    assert round(float(pdf.pages[0].mediabox.width) / 72 * 25.4) == 80
    text = pdf.pages[0].extract_text()
    assert clock.title in text
    assert str(Invoice.objects.get().number) in text

    labels = till.get(f"{TILL}labels.pdf", {"piece": piece_of(clock).pk})
    assert (
        piece_of(clock).stock_number in PdfReader(BytesIO(labels.content)).pages[0].extract_text()
    )
    assert till.get(f"{TILL}labels.pdf").status_code == 404
    chosen = {"action": "print_labels", "_selected_action": str(piece_of(clock).pk)}
    answer = till.post("/admin/store/piece/", chosen)
    assert answer["Location"] == f"{TILL}labels.pdf?piece={piece_of(clock).pk}"
    assert till.get(f"{TILL}receipt/?invoice=x").status_code == 404


def test_pages_lead_to_the_till_whoever_may_sell(
    client: Client, clock: Item, alice: User, sam: User, wren: User
) -> None:
    kept = piece_of(make_item())
    later = timezone.now() + timedelta(days=1)
    reserve_piece(piece=kept, until=later, customer=None, actor=sam, reason="Ann")
    ticket = make_ticket(alice)
    quote = make_quote(ticket, "100.00", deposit=Decimal(30))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=LINK, site=SITE)
    pages = {
        f"/admin/store/piece/{piece_of(clock).pk}/change/": f"{TILL}?piece={piece_of(clock).pk}",
        f"/admin/store/piece/{kept.pk}/change/": f"{TILL}?piece={kept.pk}",
        f"/admin/bag/hold/{kept.pk}/change/": f"{TILL}?piece={kept.pk}",
        f"/admin/repairs_restorals/serviceticket/{ticket.pk}/change/": f"{TILL}?ticket=",
    }
    for user, leads in ((sam, True), (wren, False)):
        client.force_login(user)
        for page, address in pages.items():
            assert (f'href="{address}' in client.get(page).text) is leads, (user, page)


def test_a_repair_that_is_ready_and_paid_is_handed_out_from_the_receipt(
    client: Client, sam: User
) -> None:
    ticket = make_ticket(status="ready")
    Invoice.objects.filter(ticket=ticket).update(total=80)
    invoice = Invoice.objects.get(ticket=ticket)
    client.force_login(sam)
    address = f"{TILL}receipt/?invoice={invoice.pk}"
    assert "was collected" not in client.get(address).text

    paid = Received(Decimal(80), TERMINAL, timezone.localdate())
    record_payment(invoice_id=invoice.pk, received=paid, actor=sam)
    page = client.get(address).text
    assert f'name="transition-version" value="{ticket.version}"' in page
    transition = reverse("admin:repairs_restorals_serviceticket_transition", args=[ticket.pk])
    assert transition in page
    client.post(transition, {"transition-to": "collected", "transition-version": ticket.version})
    assert ServiceTicket.objects.get().status == "collected"
    assert "was collected" not in client.get(address).text
