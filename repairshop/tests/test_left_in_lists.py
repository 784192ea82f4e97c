"""What was taken back is off the amounts of all lists, which say what the order's page says."""

import re
from typing import cast

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD
from invoices.documents.credit_notes import Credit, credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice
from mail.models import Mail
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
LEFT = re.compile(r"Left of the order(?:</dt>\s*<dd>\s*|: )([^\s<]+)")


@pytest.fixture
def invoice(alice: User) -> Invoice:
    """Of a clock for 120.00 and a lamp for 50.00, the lamp of which came back."""
    clock, lamp = make_item(title="Mantel clock"), make_item(title="Lamp", price="50.00")
    order = make_order(clock, customer=alice, email=alice.email)
    for line in make_order(lamp).lines.all():
        order.lines.add(line)
    issued = issue(invoice_id=bill_order(order, site="https://shop.example.com").pk)
    billed = issued.lines.get(description__contains="Lamp")
    parts = [Credit(billed.pk, billed.total)]
    credit(invoice_id=issued.pk, parts=parts, reason="It hums", actor=None)
    return Invoice.objects.get(pk=issued.pk)


def row_of(client: Client, address: str, name: str) -> str:
    """The row or line in which something is named."""
    rows = re.findall(r"<(?:tr|li)\b.*?</(?:tr|li)>", client.get(address).text, re.DOTALL)
    return str(next(row for row in rows if f">{name}</a>" in row))


def test_lists_say_what_the_page_says(client: Client, alice: User, invoice: Invoice) -> None:
    order = cast(Order, invoice.order)
    client.force_login(alice)
    boss = Client()
    boss.force_login(User.objects.create_superuser("boss@example.com", PASSWORD, name="Boss"))
    found = LEFT.search(client.get(order.get_absolute_url()).text)
    assert found
    left = found[1]
    for_staff = LEFT.search(boss.get(reverse("admin:store_order_change", args=[order.pk])).text)
    assert for_staff

    lists = [
        row_of(client, reverse("store:order-list"), order.reference),
        row_of(client, reverse("invoices:list"), str(invoice)),
        row_of(boss, reverse("admin:store_order_changelist"), order.reference),
        row_of(boss, reverse("admin:invoices_invoice_changelist"), str(invoice)),
        row_of(boss, reverse("person", args=[alice.pk]), str(invoice)),
    ]
    assert (left, for_staff[1]) == ("€120.00", "€120.00")
    assert all(left in row and "170.00" not in row for row in lists)


@pytest.mark.usefixtures("invoice")
def test_the_mail_about_a_credit_note_names_what_came_back() -> None:
    text = Mail.objects.get(event="invoices.credit").text

    assert "Lamp" in text
    assert "−€50.00" in text
    assert "Mantel clock" not in text
