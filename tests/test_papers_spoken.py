"""No paper that the shop prints says an English word in German or French."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from invoices.counter.receipt import labels_of, receipt_of
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.documents.pdf import pdf_of
from invoices.models import Invoice, Payment
from invoices.orders.pdf import address_labels, confirmation, packing_slips
from invoices.payments.ledger import Received, record_payment
from invoices.tests.close_steps import close
from repairs_restorals.models import Quote
from repairs_restorals.pdf import label, papers, receipt, repair_form
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.repair_forms import suggested, write_form
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.label_sheets import SHEETS
from store.models import Item
from store.tests.factories import make_item, make_order, offer_languages
from tests.letters import ADDRESS
from tests.test_english_left import english_in
from tests.test_spoken import words_of
from typed.languages import of_address


@pytest.fixture(params=["de", "fr"])
def language(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    shop = offer_languages("de", "fr")
    shop.street, shop.email, shop.phone = "Mill Lane 4", "shop@example.com", "+49 30 901820"
    shop.save()
    token = of_address.set(request.param)
    with override(request.param):
        yield request.param
    of_address.reset(token)


def of_order(sam: User) -> Iterator[tuple[str, bytes]]:
    item = make_item(title="Vase", tax_scheme=Item.TaxScheme.MARGIN, nature="antique")
    order = make_order(item, delivery="ship", discount=Decimal(5), **ADDRESS)
    draft = bill_order(order, site=SITE)
    yield "draft", pdf_of(draft)
    yield "confirmation", confirmation.attached(str(order.pk))[1]
    yield "packing slip", packing_slips([order], pages={order.pk: f"{SITE}/admin/"})
    yield "address labels", address_labels([order])
    invoice = issue(invoice_id=draft.pk)
    today = timezone.localdate()
    record_payment(
        invoice_id=invoice.pk, received=Received(Decimal(20), Payment.Method.CASH, today), actor=sam
    )
    yield "invoice", pdf_of(Invoice.objects.get(pk=invoice.pk))
    yield "receipt of the till", receipt_of([Invoice.objects.get(pk=invoice.pk)])
    note = credit(invoice_id=invoice.pk, reason="A 440", actor=sam)
    yield "credit note", pdf_of(Invoice.objects.get(pk=note.pk))
    yield "day close", bytes(close(sam, "20.00").pdf)


def of_piece() -> Iterator[tuple[str, bytes]]:
    pieces = [make_item(title="Lampe").pieces.get()]
    yield "labels", labels_of(pieces, site=SITE)
    yield "sheet of labels", labels_of(pieces, site=SITE, sheet=next(iter(SHEETS.values())))


def of_ticket(alice: User) -> Iterator[tuple[str, bytes]]:
    ticket = make_ticket(alice, title="Viola", description="A 440", go_ahead_limit=Decimal(50))
    quote = make_quote(ticket, "75.50", deposit=Decimal(30))
    write_form(quote=quote, values=suggested(quote))
    send_quote(quote_id=quote.pk, actor=alice, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    quote = Quote.objects.get(pk=quote.pk)
    yield "repair information form", repair_form(quote.repair_form)
    yield "deposit", pdf_of(Invoice.objects.get(ticket=ticket))
    yield "label of a repair", label(ticket, address=SITE)
    yield "receipt of a repair", receipt(ticket, address=SITE)
    yield "receipt and label", papers(ticket, page=SITE, status=SITE)


@pytest.mark.many_acts
def test_papers_say_no_english_word(alice: User, sam: User, language: str) -> None:
    User.objects.update(language=language)
    alice.refresh_from_db()

    printed = dict([*of_order(sam), *of_piece(), *of_ticket(alice)])

    said = {name: words_of(pdf) for name, pdf in printed.items()}
    assert len(said) == 15
    assert all(said.values())
    assert {name: english_in(text) for name, text in said.items() if english_in(text)} == {}
