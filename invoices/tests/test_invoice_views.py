from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order, write_lines
from invoices.documents.issuing import issue
from invoices.documents.pdf import pdf_of
from invoices.documents.pdf.giro import transfer
from invoices.locking import lock_invoice
from invoices.models import Invoice, InvoiceLine, Payment
from invoices.payments.ledger import Received, record_payment, record_refund
from mail.models import Mail
from mail.outbox import compose
from mail.sending import send_mails
from money.filters import money
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Item, ShopProfile
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(clock: Item, alice: User) -> Invoice:
    """Alice's, of an order of one clock, 120.00."""
    order = make_order(clock, customer=alice)
    return issue(invoice_id=bill_order(order, site=SITE).pk)


def pay(invoice: Invoice, amount: str) -> Payment:
    return record_payment(
        invoice_id=invoice.pk,
        received=Received(Decimal(amount), Payment.Method.TRANSFER, date(2026, 11, 24)),
        actor=None,
    )


def read(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def page(client: Client, invoice: Invoice) -> str:
    return client.get(invoice.get_absolute_url()).content.decode()


def test_whoever_has_its_address_sees_an_invoice(client: Client, issued: Invoice) -> None:
    seen = page(client, issued)

    assert f"Invoice {issued.number}" in seen
    assert "Left to pay" in seen
    assert "€120.00" in seen
    assert "noindex" in seen


@pytest.mark.parametrize("name", ["invoice", "pdf", "code", "pay", "paid"])
def test_nobody_guesses_an_address(client: Client, issued: Invoice, name: str) -> None:
    assert client.get(reverse(f"invoices:{name}", args=["guessed"])).status_code == 404


def test_a_draft_is_nobodys_business(client: Client, clock: Item) -> None:
    draft = bill_order(make_order(clock))

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(reverse("invoices:pdf", args=[draft.secret])).status_code == 404


def test_the_pdf_is_the_same_while_nothing_changes(client: Client, issued: Invoice) -> None:
    address = reverse("invoices:pdf", args=[issued.secret])
    first = client.get(address)

    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'inline; filename="{issued.number}.pdf"'
    assert client.get(address).content == first.content
    assert str(issued.number) in read(first.content)


def test_markup_of_customers_stays_text(client: Client, alice: User) -> None:
    item = make_item(title="#eval(1+1) *bold* $x$ <b>& @cite \\ `code`")
    invoice = issue(invoice_id=bill_order(make_order(item, name="*Ann* #1 <i>")).pk)

    text = read(pdf_of(invoice))

    assert "#eval(1+1) *bold* $x$ <b>& @cite \\ `code`" in text
    assert "*Ann* #1 <i>" in text
    assert "&lt;b&gt;&amp; @cite" in page(client, invoice)


def test_the_seller_of_a_past_invoice_stays(client: Client, issued: Invoice) -> None:
    shop = ShopProfile.get_solo()
    shop.name = "Another name"
    shop.save()

    text = read(pdf_of(Invoice.objects.get(pk=issued.pk)))

    assert "Repairshop" in text
    assert "Another name" not in text


def test_a_code_for_the_banks_app(client: Client, clock: Item) -> None:
    shop = ShopProfile.get_solo()
    shop.iban = "DE02 1203 0000 0000 2020 51"
    shop.save()
    invoice = issue(invoice_id=bill_order(make_order(clock)).pk)
    code = reverse("invoices:code", args=[invoice.secret])
    transfer.cache_clear()

    assert code in page(client, invoice)
    assert client.get(code)["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert transfer.cache_info().misses == 1
    pay(invoice, "120.00")
    assert client.get(code).status_code == 404


def test_of_the_margin_scheme_only_the_phrase_is_shown(client: Client) -> None:
    item = make_item(tax_scheme=Item.TaxScheme.MARGIN)
    invoice = issue(invoice_id=bill_order(make_order(item)).pk)

    for seen in (read(pdf_of(invoice)), page(client, invoice)):
        assert ShopProfile.get_solo().margin_note in seen
        assert "19 %" not in seen
        assert "Tax in it" not in seen


def test_the_deposit_is_asked_for_by_what_is_no_invoice(
    client: Client, alice: User, wren: User
) -> None:
    quote = make_quote(make_ticket(alice), "100.00", deposit=Decimal(30))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    draft = Invoice.objects.get()

    seen = page(client, draft)

    assert "Request for a deposit" in seen
    assert "It is no invoice" in seen
    assert "€30.00" in seen
    client.force_login(alice)
    ticket = client.get(ServiceTicket.objects.get().get_absolute_url()).content.decode()
    assert "Your turn: pay the deposit" in ticket
    assert "Deposit due now: €30.00" in ticket
    assert draft.get_absolute_url() in ticket


def test_a_credit_note_names_what_it_corrects(client: Client, issued: Invoice) -> None:
    note = credit(invoice_id=issued.pk, reason="It came back.", actor=None)

    assert f"Credit note for {issued.number}" in page(client, note)
    assert "It came back." in read(pdf_of(note))
    assert "Cancelled" in page(client, issued)


def test_invoices_are_mailed_with_their_pdf(issued: Invoice) -> None:
    [mail] = [mail for mail in mails_sent() if mail.attachments]

    name, content, kind = mail.attachments[0]
    assert (name, kind) == (f"{issued.number}.pdf", "application/pdf")
    assert str(issued.number) in read(content if isinstance(content, bytes) else b"")
    assert send_mails() == 0
    assert Mail.objects.get(event="invoices.invoice").state == "sent"


def test_customers_see_their_own_invoices(client: Client, issued: Invoice, bob: User) -> None:
    address = reverse("invoices:list")
    assert client.get(address)["Location"].startswith("/accounts/login/")

    client.force_login(bob)
    assert "There are none yet" in client.get(address).content.decode()
    client.force_login(User.objects.get(email="alice@example.com"))
    assert str(issued.number) in client.get(address).content.decode()


def test_many_invoices_take_as_many_queries_as_few(client: Client, alice: User) -> None:
    client.force_login(alice)
    counts = []
    for round_ in range(2):
        for number in range(3):
            item = make_item(slug=f"item-{round_}-{number}")
            issue(invoice_id=bill_order(make_order(item, customer=alice)).pk)
        # Once before, for what is remembered from one page to the next.
        client.get(reverse("invoices:list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("invoices:list"))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 9


def test_staff_print_many_at_once(client: Client, issued: Invoice, sam: User) -> None:
    second = issue(invoice_id=bill_order(make_order(make_item(slug="vase"))).pk)
    client.force_login(sam)

    answer = client.post(
        reverse("admin:invoices_invoice_changelist"),
        {"action": "print_all", "_selected_action": [issued.pk, second.pk]},
    )

    text = read(answer.content)
    assert str(issued.number) in text
    assert str(second.number) in text


def test_too_many_to_print_are_refused_rather_than_left_out(
    client: Client, issued: Invoice, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.admin.invoice_list.INVOICES_A_PRINT", 0)
    client.force_login(sam)

    answer = client.post(
        reverse("admin:invoices_invoice_changelist"),
        {"action": "print_all", "_selected_action": [issued.pk]},
        follow=True,
    )

    assert "These are too many at once: choose 0 at most." in answer.text


prices = st.decimals("0.01", "999.99", places=2)
lines = st.lists(st.tuples(prices, st.sampled_from([7, 19, 0]), st.integers(1, 400)), min_size=1)
part = st.decimals("0.01", "2.00", places=2)


@given(lines=lines, payments=st.lists(part, max_size=3), credited=st.booleans())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_one_balance_everywhere(
    client: Client,
    sam: User,
    lines: list[tuple[Decimal, int, int]],
    payments: list[Decimal],
    credited: bool,
) -> None:
    """Row 17 of docs/promises.md: page, PDF, mail and admin show one balance, to the cent."""
    ticket = make_ticket(status="ready")
    draft = Invoice.objects.get(ticket=ticket)
    billed = [
        InvoiceLine(description="Work", price=price, tax_rate=rate, quantity=Decimal(n) / 100)
        for price, rate, n in lines
    ]
    write_lines(lock_invoice(draft.pk), billed)
    invoice = issue(invoice_id=draft.pk) if draft.lines.exists() else draft
    for amount in payments:
        pay(invoice, str(amount))
    if payments and payments[0] > Decimal("0.02"):
        record_refund(
            invoice_id=invoice.pk,
            received=Received(Decimal("0.02"), Payment.Method.CASH, date(2026, 11, 24)),
            actor=None,
        )
    if credited and invoice.total:
        credit(invoice_id=invoice.pk, reason="", actor=None)
    invoice = Invoice.objects.get(pk=invoice.pk)

    name = "Paid too much" if invoice.overpaid else "Left to pay"
    shown = money(invoice.overpaid or invoice.balance)
    said = {"invoice": invoice, "payer": ticket.customer}
    client.force_login(sam)
    admin = client.get(reverse("admin:invoices_invoice_change", args=[invoice.pk]))
    assert f"<dt>{name}</dt><dd><strong>{shown}</strong></dd>" in page(client, invoice)
    assert f"{name} {shown}" in read(pdf_of(invoice))
    assert money(invoice.balance) in compose("invoices.reminder", to="", context=said).text
    assert money(invoice.balance) in admin.content.decode()
    due = Invoice.objects.with_balance().get(pk=invoice.pk).balance_due
    assert due == invoice.balance == invoice.payable - invoice.paid
    assert invoice.total == sum(line.total for line in invoice.lines.all())
