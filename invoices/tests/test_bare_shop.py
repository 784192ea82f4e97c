"""What a shop does not do whose profile is not written: no transfers, terms or invoices."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue, issue_due
from invoices.exceptions import SellerUnknown
from invoices.models import Invoice, Payment, PaymentAttempt
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import make_invoice, messages_in, send
from invoices.tests.test_checkout import form_of, put_in_bag
from mail.models import Mail
from repairs_restorals.models import Status
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import SITE, make_ticket
from store.models import Item, Order, ShopProfile
from store.tests.factories import SET_UP, make_item, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.bare_shop]


def write(**values: Any) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults=values)


def offered(client: Client, field: str) -> list[str]:
    form = client.get("/checkout/").context["form"]
    return [value for value, _label in form.fields[field].widget.choices]


def test_no_transfer_is_offered_without_an_iban(
    client: Client, clock: Item, settings: Settings
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    put_in_bag(client, clock)
    assert offered(client, "payment_method") == ["shop", "card"]
    client.post("/checkout/", {**form_of(client), "payment_method": "transfer"})
    assert not Order.objects.exists()

    write(**SET_UP)
    assert offered(client, "payment_method") == ["shop", "transfer", "card"]


def test_what_cannot_be_paid_from_afar_is_not_sent(client: Client, clock: Item) -> None:
    put_in_bag(client, clock)
    assert offered(client, "payment_method") == ["shop"]
    assert offered(client, "delivery") == ["collect"]
    assert "We cannot be paid from afar" in client.get("/checkout/").text

    form = {**form_of(client), "payment_method": "shop"}
    client.post("/checkout/", {**form, "delivery": "ship"})
    assert not Order.objects.exists()
    client.post("/checkout/", form)
    assert Order.objects.get().payment_method == "shop"


def test_nobody_agrees_to_terms_that_are_not_written(client: Client, clock: Item) -> None:
    put_in_bag(client, clock)
    page = client.get("/checkout/")
    assert "terms" not in page.context["form"].fields
    assert "Terms of sale</a> ·" not in " ".join(page.text.split())
    form = form_of(client)

    write(terms="Pay first.")
    assert "I agree to the terms of sale." in client.get("/checkout/").text
    form = {name: value for name, value in form.items() if name != "terms"}
    client.post("/checkout/", {**form, "payment_method": "shop"})
    assert not Order.objects.exists()


def test_an_order_by_transfer_promises_no_mail_with_bank_details(client: Client) -> None:
    write(phone="030 555 777")
    order = make_order(make_item())

    page = client.get(order.get_absolute_url()).text
    assert "please ask us how to pay" in page
    assert "030 555 777" in page
    assert "IBAN" not in page
    assert "bank details" not in page


def test_who_paid_by_card_cannot_change_to_a_transfer(client: Client, alice: User) -> None:
    order = make_order(make_item(), payment_method="card", delivery="ship", customer=alice)
    bill_order(order)
    assert order.other_methods(ShopProfile.get_solo()) == []
    client.force_login(alice)

    assert "Pay otherwise" not in client.get(order.get_absolute_url()).text
    assert client.get(f"{order.get_absolute_url()}pay-otherwise/").status_code == 302


def paid_order() -> Invoice:
    """An order whose money arrives."""
    draft = bill_order(make_order(make_item()), site=SITE)
    money = Received(Decimal("120.00"), Payment.Method.CASH, timezone.localdate())
    record_payment(invoice_id=draft.pk, received=money, actor=None)
    return Invoice.objects.get(pk=draft.pk)


def finished_ticket() -> Invoice:
    """Work that is done, and was agreed for a price."""
    ticket = make_ticket(status=Status.IN_PROGRESS)
    invoice = Invoice.objects.get(ticket=ticket)
    invoice.lines.create(description="Glue", price=Decimal(60), tax_rate=Decimal(19))
    Invoice.objects.filter(pk=invoice.pk).update(total=Decimal(60), site=SITE)
    transition_ticket(ticket_id=ticket.pk, to=Status.READY, actor=None, site=SITE)
    return Invoice.objects.get(pk=invoice.pk)


@pytest.mark.parametrize("happen", [paid_order, finished_ticket])
def test_an_invoice_waits_for_the_address_and_tax_number_and_then_goes_out(
    happen: Callable[[], Invoice], client: Client, sam: User
) -> None:
    waiting = happen()
    assert waiting.is_draft
    assert waiting.order is None or waiting.order.paid_at
    assert waiting.ticket is None or waiting.ticket.status == Status.READY
    assert issue_due() == 0
    client.force_login(sam)
    assert "invoice waits to be issued" in client.get("/admin/").text

    for part in ({"street": "Mill Lane 4", "city": "Oldtown"}, {"tax_number": "12/345"}):
        assert issue_due() == 0
        write(**part)
    assert issue_due() == 1
    issued = Invoice.objects.get(pk=waiting.pk)
    assert issued.snapshot["seller"]["lines"] == ["Mill Lane 4", "Oldtown"]
    assert Mail.objects.filter(event="invoices.invoice").count() == 1
    assert "invoice waits to be issued" not in client.get("/admin/").text


def test_staff_who_issue_it_by_hand_are_told_why_it_waits(client: Client, sam: User) -> None:
    draft = make_invoice(issued=False)
    with pytest.raises(SellerUnknown):
        issue(invoice_id=draft.pk)
    client.force_login(sam)

    answer = send(client, draft, "issue")
    assert "it must name the shop's address and tax number" in messages_in(answer)
    assert Invoice.objects.get(pk=draft.pk).is_draft


def test_a_credit_note_does_not_wait() -> None:
    write(**SET_UP)
    invoice = make_invoice()
    write(**dict.fromkeys(SET_UP, ""))

    assert credit(invoice_id=invoice.pk, reason="Sent back.", actor=None).number
    assert not PaymentAttempt.objects.exists()
