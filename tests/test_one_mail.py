"""One act, one mail: what used to be two says both, with what belongs to it attached."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models.signals import post_save

from accounts.models import User
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice
from invoices.orders.transitions import cancel_order
from mail.models import Mail, Wording
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import Quote, Status
from repairs_restorals.quote_services import decide_quote, go_ahead, send_quote
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.tests.factories import make_item, make_order
from tests.one_mail import Acts

pytestmark = pytest.mark.django_db


def last_to(customer: User) -> Mail:
    """The mail about the last act, which is the only one about it."""
    mail = Mail.objects.filter(to=customer.email).latest("pk")
    assert mail.attachment in {"", *(f"invoice:{each.pk}" for each in Invoice.objects.all())}
    return mail


def accepted(customer: User, **fields: object) -> Quote:
    quote = make_quote(make_ticket(customer), "100.00", **fields)
    send_quote(quote_id=quote.pk, actor=customer, site=SITE)
    return decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)


def test_accepting_a_quote_asks_for_its_deposit(alice: User) -> None:
    accepted(alice, deposit=Decimal(30))
    mail = last_to(alice)

    assert mail.event == "repairs_restorals.accepted"
    assert "Please pay €30.00 now; we begin when it has arrived." in mail.text
    assert "Pay the deposit: https://shop.example.com/invoices/" in mail.text
    assert mail.attachment
    assert not Mail.objects.filter(event="invoices.deposit").exists()


def test_accepting_without_a_deposit_asks_for_nothing(alice: User) -> None:
    accepted(alice)
    mail = last_to(alice)

    assert "pay" not in mail.text.replace("Repairshop", "")
    assert not mail.attachment


def test_going_ahead_asks_for_the_deposit(alice: User, wren: User) -> None:
    ticket = make_ticket(alice, go_ahead_limit=Decimal(200))
    quote = make_quote(ticket, "100.00", deposit=Decimal(30))
    go_ahead(quote_id=quote.pk, actor=wren, site=SITE)

    assert last_to(alice).event == "repairs_restorals.went_ahead"
    assert "Please pay €30.00 now" in last_to(alice).text


def test_what_is_ready_comes_with_its_invoice(alice: User, wren: User) -> None:
    ticket = accepted(alice).ticket
    for status in (Status.IN_PROGRESS, Status.READY):
        transition_ticket(ticket_id=ticket.pk, to=status, actor=wren, site=SITE)
    mail, invoice = last_to(alice), Invoice.objects.get()

    assert mail.event == "repairs_restorals.moved"
    assert f"With this comes the invoice {invoice}: €100.00. Please pay €100.00 by" in mail.text
    assert f"Pay the invoice: {SITE}{invoice.get_absolute_url()}" in mail.text
    assert mail.attachment == f"invoice:{invoice.pk}"
    assert not Mail.objects.filter(event="invoices.invoice").exists()


def test_a_cancelled_order_comes_with_its_credit_note(alice: User, sam: User) -> None:
    order = make_order(make_item(), customer=alice)
    issue(invoice_id=bill_order(order, site=SITE).pk)
    cancel_order(order_id=order.pk, actor=sam)
    mail, note = last_to(alice), Invoice.objects.get(corrects__isnull=False)

    assert mail.event == "invoices.cancel"
    assert f"With this comes the credit note {note}" in mail.text
    assert mail.attachment == f"invoice:{note.pk}"


def test_three_tickets_that_become_one_are_one_mail(alice: User, wren: User) -> None:
    kept, *others = [make_ticket(alice) for _ in range(3)]
    merge_tickets(into=kept.pk, others=[other.pk for other in others], actor=wren, site=SITE)

    assert last_to(alice).event == "repairs_restorals.merged"
    assert all(f"{other.reference}: {other.title}" in last_to(alice).text for other in others)


def test_a_wording_of_before_still_asks_for_the_money(alice: User) -> None:
    text = "Fine, {{ name }}!\n\n{{ signature }}"
    Wording.objects.create(event="repairs_restorals.accepted", subject="Agreed", text=text)
    accepted(alice, deposit=Decimal(30))
    text = last_to(alice).text

    assert text.startswith("Fine, Alice!\n\nPlease pay €30.00 now")
    assert text.index("Repairshop") > text.index("Pay the deposit")


@pytest.mark.many_acts
def test_control_two_mails_for_one_act_are_found(alice: User) -> None:
    # When this fails, what watches all tests sees nothing any more.
    acts = Acts()
    post_save.connect(acts.note, sender=Mail)
    with transaction.atomic():
        accepted(alice)
    post_save.disconnect(acts.note, sender=Mail)

    assert acts.several == [["repairs_restorals.quote", "repairs_restorals.accepted"]]
