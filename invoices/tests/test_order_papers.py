"""Packing slips and address labels, of one order or of many."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from invoices.tests.admin_steps import messages_in
from store.models import Order, OrderLine
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
LIST = reverse("admin:store_order_changelist")


@pytest.fixture
def staff_client(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def to_send(**fields: Any) -> Order:
    where = {"street": "Mill Lane 1", "postcode": "12345", "city": "Ulm", "country": "Germany"}
    return make_order(make_item(pieces=2), delivery="ship", **{**where, **fields})


def pages_of(answer: Any) -> list[str]:
    assert answer.headers["Content-Type"] == "application/pdf"
    return [page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages]


def paper(client: Client, order: Order, name: str) -> Any:
    return client.get(reverse(f"admin:store_order_{name}", args=[order.pk]), follow=True)


def test_a_slip_names_what_is_left_and_no_price(staff_client: Client) -> None:
    order = to_send(note="#panic *Ring* twice")
    gone, left = order.lines.order_by("pk")
    OrderLine.objects.filter(pk=gone.pk).update(taken_back_at=timezone.now())

    [page] = pages_of(paper(staff_client, order, "packing_slip"))

    assert f"Order {order}" in page
    assert "12345 Ulm" in page
    assert "#panic *Ring* twice" in page
    assert (str(left.piece) in page, str(gone.piece) in page) == (True, False)
    assert "120" not in page


def test_a_label_is_for_what_is_sent(staff_client: Client) -> None:
    [page] = pages_of(paper(staff_client, to_send(name="Zoë " + "Y" * 140), "address_label"))
    assert "Zoë" in page
    assert "Mill Lane 1" in page

    nothing = paper(staff_client, make_order(make_item()), "address_label")
    assert "nothing to print" in messages_in(nothing)


@pytest.mark.parametrize(("action", "pages"), [("print_slips", 3), ("print_labels", 2)])
def test_many_are_printed_at_once(staff_client: Client, action: str, pages: int) -> None:
    orders = [to_send(), make_order(make_item()), to_send()]
    chosen = {"_selected_action": [order.pk for order in orders]}

    answer = staff_client.post(LIST, {"action": action, **chosen})

    printed = pages_of(answer)
    assert len(printed) == pages
    assert str(orders[0]) in printed[0]
    assert str(orders[2]) in printed[-1]


def test_what_is_too_much_or_nothing_is_said(
    staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.orders.admin.printing.ORDERS_A_PRINT", 1)
    chosen = {"_selected_action": [make_order(make_item()).pk for _ in range(2)]}

    for action, said in (("print_slips", "choose 1 at most"), ("print_labels", "None of these")):
        answer = staff_client.post(LIST, {"action": action, **chosen}, follow=True)
        assert said in messages_in(answer)
