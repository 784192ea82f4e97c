"""Whoever left the pay page unpaid is told of the order on every page, by mail, and at its end."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.drafts import bill_order
from invoices.models import PaymentAttempt
from invoices.orders.jobs import end_unpaid_orders, mail_left_payments
from invoices.payments.card import reconcile
from invoices.tests.test_checkout import form_of, put_in_bag
from mail.models import Mail
from repairshop.timer import JOBS
from store.models import Item, Order, OrderStage, Piece
from store.tests.factories import make_item, make_order
from tests.stripe_standin.driver import Standin
from tests.test_card_payments import time_passes

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PAGES = ["/", "/store/", "/bag/", "/accounts/login/", "/workshop/"]


@pytest.fixture
def order(client: Client, clock: Item, provider: Standin) -> Order:
    """Of the clock, 120.00: its buyer has seen the card page and come back by other ways."""
    put_in_bag(client, clock)
    client.post("/checkout/", {**form_of(client), "payment_method": "card"})
    return Order.objects.get()


def seen(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def test_every_page_says_what_waits(client: Client, clock: Item, order: Order) -> None:
    for address in [*PAGES, clock.get_absolute_url()]:
        page = seen(client, address)
        assert f"Your order {order} waits for your payment of €120.00" in page, address
        assert reverse("invoices:pay", args=[order.invoice.secret]) in page
        assert reverse("invoices:pay-otherwise", args=[order.secret]) in page
        assert reverse("invoices:cancel", args=[order.secret]) in page


def test_its_own_page_says_it_once(client: Client, order: Order) -> None:
    page = seen(client, order.get_absolute_url())

    assert f"Your order {order} waits" not in page
    assert page.count("Pay otherwise") == 1
    assert "Pay by card now" in page
    assert "We have mailed it to you" not in page


def test_no_other_browser_is_told(clock: Item, order: Order) -> None:
    stranger = Client()
    put_in_bag(stranger, make_item(title="Vase"))

    assert all("waits for your payment" not in seen(stranger, address) for address in PAGES)


def test_a_browser_without_one_pays_no_query(
    client: Client, clock: Item, order: Order, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """What has changed is asked for each page, and what is on the list."""
    stranger = Client()
    seen(stranger, "/store/")

    with django_assert_num_queries(2):
        seen(stranger, "/store/")
    assert len(client.session["unpaid_orders"]) == 1


def test_its_things_read_as_yours(client: Client, clock: Item, order: Order) -> None:
    mine, others = seen(client, clock.get_absolute_url()), seen(Client(), clock.get_absolute_url())

    assert "Reserved for you: it is in your order" in mine
    assert "Reserved for you" not in others
    assert "There is nothing else in it" in seen(client, "/bag/")
    assert client.get("/checkout/")["Location"] == order.get_absolute_url()


def test_who_goes_on_comes_to_the_same_pay_page(client: Client, order: Order) -> None:
    answer = client.post(reverse("invoices:pay", args=[order.invoice.secret]))

    assert answer["Location"] == PaymentAttempt.objects.get().url


@pytest.mark.parametrize("method", ["transfer", "shop"])
def test_it_can_be_paid_otherwise(
    client: Client, order: Order, provider: Standin, method: str
) -> None:
    address = reverse("invoices:pay-otherwise", args=[order.secret])
    assert "By bank transfer" in (asked := seen(client, address))
    assert "will be closed" in asked

    page = client.post(address, {"payment_method": method}, follow=True).content.decode()

    order.refresh_from_db()
    assert order.payment_method == method
    assert order.payment_due_at > order.placed_at + timedelta(days=1)
    assert PaymentAttempt.objects.get().state == "expired"
    assert str(order.stage.label) in page
    assert [mail.event for mail in Mail.objects.all()] == ["invoices.placed"]
    assert "waits for your payment" not in seen(client, "/")


def test_what_is_paid_meanwhile_is_not_paid_otherwise(
    client: Client, order: Order, provider: Standin
) -> None:
    provider.pay(PaymentAttempt.objects.get().session_id or "")
    address = reverse("invoices:pay-otherwise", args=[order.secret])

    client.post(address, {"payment_method": "transfer"})

    order.refresh_from_db()
    assert (order.payment_method, order.stage) == ("card", OrderStage.PREPARING)


def test_what_is_sent_is_not_paid_at_the_shop(client: Client, order: Order) -> None:
    Order.objects.update(delivery="ship")
    address = reverse("invoices:pay-otherwise", args=[order.secret])

    assert "At the shop" not in seen(client, address)
    client.post(address, {"payment_method": "shop"})
    assert Order.objects.get().payment_method == "card"


def test_given_up_its_things_are_in_the_bag_again(client: Client, order: Order) -> None:
    address = reverse("invoices:cancel", args=[order.secret])
    assert "The things go back to your bag" in seen(client, address)

    page = client.post(address, follow=True).text

    assert "Your things are in your bag again" in page
    assert "Held for you until" in page
    order.refresh_from_db()
    assert (order.state, order.cancelled_because) == ("cancelled", Order.Ending.CUSTOMER)
    assert "waits for your payment" not in seen(client, "/")
    assert "The order has ended" not in seen(client, "/")


def test_given_up_late_its_things_can_be_taken_again(client: Client, order: Order) -> None:
    order.lines.update(held_until=F("held_until") - timedelta(hours=1))

    page = client.post(reverse("invoices:cancel", args=[order.secret]), follow=True).text

    assert "Your time had ended: take your things again where you can." in page
    assert reverse("bag:add", args=[order.lines.get().piece.item_id]) in page


def test_given_up_in_another_browser_its_things_are_for_everybody(order: Order) -> None:
    other = Client()
    other.post(reverse("invoices:cancel", args=[order.secret]))
    link = next(line for line in mails_sent()[-1].body.split() if "/cancel/" in line)
    page = other.post(link.removeprefix("http://testserver"), follow=True)

    assert "The order has ended: you have cancelled it." in page.text
    assert Piece.objects.available().exists()


def left_alone(minutes: int) -> None:
    PaymentAttempt.objects.update(started_at=F("started_at") - timedelta(minutes=minutes))


def test_after_ten_minutes_a_mail_leads_back_once(order: Order) -> None:
    left_alone(9)
    assert mail_left_payments() == 0
    left_alone(2)

    assert [mail_left_payments(), mail_left_payments()] == [1, 0]
    [mail] = mails_sent()
    assert mail.to == [order.email]
    assert f"{order} waits for your payment" in mail.subject
    assert order.get_absolute_url() in mail.body
    assert "€120.00 are left to pay" in mail.body
    assert mail_left_payments in JOBS


def test_who_has_paid_or_ended_gets_no_such_mail(order: Order, provider: Standin) -> None:
    left_alone(11)
    attempt = PaymentAttempt.objects.get()
    provider.pay(attempt.session_id or "")
    reconcile(attempt)

    assert mail_left_payments() == 0


def test_its_end_names_the_reason_and_leads_back(client: Client, clock: Item, order: Order) -> None:
    time_passes()
    assert f"Your order {order} has ended: it was not paid by" in seen(client, "/")
    # Whoever only has typed an address is told by no mail: it may be a stranger's.
    Order.objects.update(reached_at=order.placed_at)
    assert end_unpaid_orders() == 1

    front = seen(client, "/")
    assert f"Your order {order} has ended: it was not paid by" in front
    assert clock.get_absolute_url() in front
    assert "has ended" not in seen(client, "/")
    page = seen(client, order.get_absolute_url())
    assert "The order has ended: it was not paid in time." in page
    mail = next(mail for mail in mails_sent() if mail.to == [order.email])
    assert "your order is cancelled: it was not paid in time." in mail.body
    assert f"Mantel clock: http://testserver{clock.get_absolute_url()}" in mail.body


def test_who_goes_back_by_the_link_finds_the_bag_and_no_word_of_an_end(
    client: Client, order: Order
) -> None:
    attempt = PaymentAttempt.objects.get()
    address = reverse("invoices:pay-back", args=[order.invoice.secret, attempt.idempotency_key])

    assert "waits for your payment" not in seen(client, address)
    page = client.post(address, follow=True).text

    assert "Your things are in your bag again" in page
    assert "waits for your payment" not in page
    assert "order R" not in page


def by_transfer(alice: User) -> Order:
    order = make_order(make_item(title="Vase"), customer=alice)
    bill_order(order, site="http://testserver")
    return order


def test_a_transfer_can_be_a_card_instead(client: Client, alice: User, provider: Standin) -> None:
    order = by_transfer(alice)
    due_at = order.payment_due_at
    assert "Pay €120.00 by card instead" in seen(client, order.get_absolute_url())

    answer = client.post(reverse("invoices:pay", args=[order.invoice.secret]))
    attempt = PaymentAttempt.objects.get()
    assert answer["Location"] == attempt.url
    order.refresh_from_db()
    assert order.payment_due_at == due_at

    provider.pay(attempt.session_id or "")
    reconcile(attempt)
    order.refresh_from_db()
    assert (order.stage, order.invoice.balance) == (OrderStage.PREPARING, Decimal(0))
