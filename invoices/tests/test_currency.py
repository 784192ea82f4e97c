"""The currency's own unit, and papers that keep their currency whatever the setting says later."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.books.accounting import INVOICE_COLUMNS, invoice_rows, payment_rows
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.documents.pdf.content import content_of
from invoices.models import Invoice, InvoiceLine, Payment
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import again, make_invoice, send
from repairs_restorals.models import Quote, QuoteLine, ServiceTicket
from repairs_restorals.quote_services import decide_quote, draft_quote, send_quote
from repairs_restorals.tests.board_steps import quote_page
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Item, Order, OrderLine, Piece
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
YEN_LINES = [("labour", "1.25", "3333"), ("part", "1", "200")]


def quote_of(ticket: ServiceTicket, *lines: tuple[str, str, str], **fields: Any) -> Quote:
    quote = make_quote(ticket, **fields)
    quote.lines.all().delete()
    for kind, quantity, price in lines:
        QuoteLine.objects.create(
            quote=quote,
            kind=kind,
            description=kind,
            quantity=Decimal(quantity),
            price=Decimal(price),
            tax_rate=Decimal(10),
        )
    return Quote.objects.get(pk=quote.pk)


def accept(quote: Quote, wren: User) -> Invoice:
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    return Invoice.objects.get(ticket=quote.ticket)


@pytest.mark.on_both
def test_yen_of_a_quote_are_whole_and_can_be_paid(settings: Settings, wren: User) -> None:
    settings.CURRENCY = "JPY"
    quote = quote_of(make_ticket(), *YEN_LINES, deposit_share=Decimal(30))

    invoice = accept(quote, wren)

    # 1.25 h × ¥3,333 are 4166.25, and 30 % of 4366 are 1309.8.
    assert [line.total for line in quote.lines.all()] == [4166, 200]
    assert [quote.total, quote.deposit_due] == [4366, 1310]
    assert [invoice.total, invoice.due_now] == [4366, 1310]
    assert quote.taxes == {Decimal("10.00"): Decimal(397)}
    assert Invoice.objects.with_balance().get().balance_due == 4366


@pytest.mark.on_both
def test_dinars_have_three_decimals(settings: Settings, wren: User) -> None:
    settings.CURRENCY = "KWD"
    item = make_item(price=Decimal("12.345"), shipping=Decimal("1.005"))

    invoice = accept(quote_of(make_ticket(), ("labour", "1.25", "3.333")), wren)

    assert Item.objects.get(pk=item.pk).price == Decimal("12.345")
    assert invoice.total == Decimal("4.166")
    assert Invoice.objects.with_balance().get().balance_due == Decimal("4.166")


@pytest.mark.on_both
def test_a_price_finer_than_the_unit_is_shown_and_sold_in_it(
    client: Client, settings: Settings
) -> None:
    settings.CURRENCY = "JPY"
    item = make_item(price=Decimal("199.5"), shipping=Decimal("0.4"))

    found = Item.objects.get(pk=item.pk)

    assert [found.price, found.shipping] == [200, 0]
    assert "¥200" in client.get(item.get_absolute_url()).content.decode()


def paid_order() -> Invoice:
    draft = bill_order(make_order(make_item(title="Clock", price=Decimal("1234.50"))), site=SITE)
    received = Received(Decimal("1000"), Payment.Method.CASH, timezone.localdate())
    invoice = issue(invoice_id=draft.pk)
    record_payment(invoice_id=invoice.pk, received=received, actor=None)
    return Invoice.objects.get(pk=invoice.pk)


def texts(content: Any) -> str:
    return str([content.lines, content.sums, content.payments, content.balance, content.taxes])


@pytest.mark.on_both
def test_a_change_of_the_setting_changes_no_paper(
    settings: Settings, client: Client, sam: User
) -> None:
    invoice = paid_order()
    order = Order.objects.get()
    client.force_login(sam)
    pages = [
        order.get_absolute_url(),
        invoice.get_absolute_url(),
        reverse("admin:store_order_changelist"),
        reverse("admin:store_order_change", args=[order.pk]),
        reverse("admin:invoices_invoice_changelist"),
        reverse("admin:invoices_invoice_change", args=[invoice.pk]),
    ]
    before = texts(content_of(invoice))

    settings.CURRENCY = "JPY"

    for page in pages:
        text = client.get(page).content.decode()
        assert "€1,234.50" in text, page
        assert "¥" not in text, page
    assert texts(content_of(Invoice.objects.get(pk=invoice.pk))) == before
    assert Invoice.objects.get(pk=invoice.pk).balance == Decimal("234.50")


def test_files_for_the_accountant_name_the_currency(settings: Settings) -> None:
    invoice = paid_order()
    settings.CURRENCY = "JPY"
    days = (timezone.localdate(invoice.created_at),) * 2

    column = [*map(str, INVOICE_COLUMNS)].index("currency")
    assert [row[column] for row in invoice_rows(*days)] == ["EUR"]
    assert [row[-1] for row in payment_rows(*days)] == ["EUR"]


def test_what_corrects_an_invoice_is_in_its_currency(settings: Settings) -> None:
    invoice = paid_order()
    settings.CURRENCY = "JPY"

    note = credit(invoice_id=invoice.pk, reason="Broken", actor=None)

    assert (note.currency, note.total) == ("EUR", Decimal("-1234.50"))
    assert "€1,234.50" in str(mails_sent()[-1].body)


def test_a_payment_is_in_the_currency_of_what_it_pays(settings: Settings) -> None:
    invoice = paid_order()
    settings.CURRENCY = "JPY"
    received = Received(Decimal("34.50"), Payment.Method.CASH, timezone.localdate())

    payment = record_payment(invoice_id=invoice.pk, received=received, actor=None)

    assert payment.currency == "EUR"
    assert invoice.events.latest("pk").note.startswith("€34.50")


def test_a_new_version_of_a_quote_keeps_its_currency(settings: Settings, wren: User) -> None:
    ticket = make_ticket()
    send_quote(quote_id=make_quote(ticket, "60.50").pk, actor=wren, site=SITE)
    settings.CURRENCY = "JPY"

    newer = draft_quote(ticket_id=ticket.pk, author=wren)
    first = draft_quote(ticket_id=make_ticket().pk, author=wren)

    assert (newer.currency, newer.total) == ("EUR", Decimal("60.50"))
    assert first.currency == "JPY"


def test_amounts_in_lists_of_the_admin_have_their_currency(
    client: Client, sam: User, wren: User
) -> None:
    item = make_item(price=Decimal("120.00"))
    Piece.objects.filter(item=item).update(purchase_price=Decimal("40.00"))
    client.force_login(sam)

    pieces = client.get(reverse("admin:store_piece_changelist")).content.decode()
    client.force_login(wren)
    items = client.get(reverse("admin:store_item_changelist")).content.decode()

    assert "€40.00" in pieces
    assert "€120.00" in items


OLD = Decimal("199.50")


def test_an_old_draft_of_an_order_is_issued_in_whole_yen_and_paid(
    client: Client, sam: User, settings: Settings
) -> None:
    settings.CURRENCY = "JPY"
    draft = make_invoice(issued=False)
    OrderLine.objects.update(price=OLD)
    InvoiceLine.objects.update(price=OLD)
    Invoice.objects.update(total=OLD)
    client.force_login(sam)
    assert Order.objects.get().total == again(draft).balance == 200

    send(client, draft, "issue")
    assert again(draft).total == again(draft).balance == 200
    send(client, draft, "payment", amount="200", method="cash")

    assert again(draft).state == Invoice.State.PAID


def test_an_old_draft_of_a_quote_opens_and_says_what_is_too_fine(
    client: Client, alice: User, wren: User, settings: Settings
) -> None:
    settings.CURRENCY = "JPY"
    quote = make_quote(make_ticket(alice), "300", deposit=Decimal(100))
    QuoteLine.objects.update(price=OLD)
    Quote.objects.update(deposit=OLD)
    client.force_login(wren)

    page = client.get(quote_page(quote, "edit"))
    forms = [page.context["form"], page.context["lines"].management_form]
    fields = [field for form in [*forms, *page.context["lines"].forms] for field in form]
    typed = {field.html_name: "" if field.value() is None else field.value() for field in fields}
    answer = client.post(quote_page(quote, "edit"), typed)

    assert answer.text.count("“199.5” is too fine: the smallest amount in JPY is 1.") == 2
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    invoice = Invoice.objects.get(ticket=quote.ticket)
    assert [invoice.total, invoice.deposit_due] == [200, 200]
