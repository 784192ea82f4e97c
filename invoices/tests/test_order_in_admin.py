"""An order's page in the admin shows what there is to say of it, and no empty rows."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoices.documents.drafts import bill_order
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
ABOUT_SOMEBODY = ("name", "email", "phone", "customer", "whose", "address", "note", "parcel")


def rows_of(client: Client, order: Order) -> set[str]:
    page = client.get(reverse("admin:store_order_change", args=[order.pk]))
    form = page.context["adminform"]
    return {name for fieldset in form for line in fieldset for name in line.fields}


def test_a_paid_sale_to_nobody_known_has_no_empty_rows(client: Client, sam: User) -> None:
    order = make_order(make_item(), paid=True, state="collected", payment_method="shop")
    bill_order(order)
    Order.objects.update(name="", email="", phone="", customer=None)
    client.force_login(sam)

    shown = rows_of(client, order)
    assert not shown & {*ABOUT_SOMEBODY, "payment_due_at"}
    page = client.get(reverse("admin:store_order_change", args=[order.pk])).text
    assert "Taken back" not in page
    assert {"reference", "standing_now", "sum", "payment", "paid_at", "invoice_link"} <= shown


def test_what_is_to_be_paid_says_by_when_and_by_whom(client: Client, sam: User) -> None:
    client.force_login(sam)

    shown = rows_of(client, make_order(make_item(), phone="0170 1", note="Ring twice"))
    assert {"name", "email", "phone", "note", "payment_due_at"} <= shown
    assert "paid_at" not in shown
