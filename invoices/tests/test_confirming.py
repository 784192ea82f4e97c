"""A promise of whoever is not known to read its address’s mail waits for the link in that."""

import re
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.factories import mails_sent
from bag.exceptions import NotEnoughAvailable
from bag.services import hold_pieces
from invoices.mail.confirm_links import confirm_path
from invoices.orders.confirming import begin_confirming
from invoices.orders.jobs import end_unconfirmed_orders, remind_unpaid_orders
from invoices.orders.transitions import transition_and_notify
from invoices.tests.test_checkout import ADDRESS, form_of, put_in_bag
from invoices.tests.test_unpaid import order as place
from mail.models import Mail
from mail.sending import send_mails
from store.models import Order, OrderStage, Piece
from store.tests.factories import make_item
from store.unconfirmed import held_for

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]
HOUR = timedelta(hours=1)
WAITS = "Waiting for your confirmation"


def order_to_confirm(client: Client, settings: Settings) -> Order:
    """Of a guest whose mail with the link has left: to be confirmed within an hour."""
    settings.CONFIRM_MINUTES = 60
    place(client)
    send_mails()
    begin_confirming()
    return Order.objects.get()


@pytest.fixture
def asked(client: Client, settings: Settings) -> Order:
    return order_to_confirm(client, settings)


def let_time_end(order: Order) -> None:
    """As if the hour were over this very second."""
    Order.objects.filter(pk=order.pk).update(confirm_by=Now())
    held_for(order).update(held_until=Now())


def link_in_mail() -> str:
    [mail] = [mail for mail in mails_sent() if "Please confirm" in mail.subject]
    found = re.search(r"http://testserver(/orders/confirm/\S+)", str(mail.body))
    assert found
    return found[1]


def take(order: Order) -> None:
    [line] = order.lines.all()
    hold_pieces(item_id=line.piece.item_id, quantity=1, bag_key="somebody else")


def test_it_holds_its_things_for_an_hour_after_the_mail_has_left(asked: Order) -> None:
    mail = Mail.objects.get(event="invoices.unconfirmed")
    piece = Piece.objects.get()

    assert mail.sent_at
    assert asked.confirm_by == mail.sent_at + HOUR == piece.held_until
    assert (asked.stage, piece.order) == (OrderStage.UNCONFIRMED, None)
    with pytest.raises(NotEnoughAvailable):
        take(asked)
    # The shop hears of it when it is one.
    assert not Mail.objects.exclude(pk=mail.pk).exists()


def test_following_the_link_places_it(client: Client, asked: Order) -> None:
    page = client.get(link_in_mail()).content.decode()
    assert "Confirm the order" in page
    assert Order.objects.get().is_unconfirmed
    for _click in range(2):
        page = client.post(link_in_mail(), follow=True).content.decode()
        assert "Your order is confirmed." in page

    assert Order.objects.get().stage == OrderStage.TRANSFER
    assert Piece.objects.get().order == asked
    assert Piece.objects.get().held_by is None
    assert Mail.objects.filter(event="invoices.placed").count() == 1


def test_a_browser_whose_link_was_followed_waits_no_more(client: Client, asked: Order) -> None:
    # As on a phone, where mails are read.
    Client().post(link_in_mail())
    place(client, email="ANN@example.com")

    assert Order.objects.latest("pk").stage == OrderStage.TRANSFER


def test_a_stranger_who_types_an_address_that_was_reached_waits(
    client: Client, asked: Order, alice: User
) -> None:
    client.post(link_in_mail())
    trap = {"name": "Call +49 900 666", "street": "Card refused.", "city": "https://evil.example"}
    typed: dict[str, Any] = {**ADDRESS, "delivery": "ship", **trap}
    for email in ("ann@example.com", alice.email):
        place(Client(), email=email, **typed)

        assert Order.objects.latest("pk").stage == OrderStage.UNCONFIRMED
        mail = Mail.objects.latest("pk")
        assert (mail.event, mail.to) == ("invoices.unconfirmed", email)
        assert not [word for word in trap.values() if word in mail.text + mail.html]


@pytest.mark.parametrize(
    ("is_checked", "email", "stage"),
    [
        (True, "Alice@example.com", OrderStage.TRANSFER),
        (True, "another@example.com", OrderStage.UNCONFIRMED),
        (False, "alice@example.com", OrderStage.UNCONFIRMED),
    ],
)
def test_an_account_speaks_for_its_own_address_once_that_is_checked(
    client: Client, settings: Settings, alice: User, is_checked: bool, email: str, stage: str
) -> None:
    settings.CONFIRM_MINUTES = 60
    if not is_checked:
        User.objects.update(email_checked_at=None)
    client.force_login(alice)
    place(client, email=email)

    assert Order.objects.get().stage == stage


def test_whoever_has_placed_it_cannot_confirm_it(client: Client, asked: Order) -> None:
    page = client.get(asked.get_absolute_url()).content.decode()

    assert WAITS in page
    assert "/orders/confirm/" not in page
    for token in (asked.secret, f"{asked.pk}-{asked.secret}", f"{asked.pk + 1}-x", "9" * 30 + "-x"):
        assert client.post(f"/orders/confirm/{token}/").status_code == 404
    # The link is good for the address that it was mailed to.
    path = confirm_path(asked)
    Order.objects.update(email="ben@example.com")
    assert client.post(path).status_code == 404


def test_at_the_second_it_ends_its_things_are_anybodys(client: Client, asked: Order) -> None:
    let_time_end(asked)
    page = client.get(asked.get_absolute_url()).content.decode()
    take(asked)
    late = client.post(link_in_mail(), follow=True).content.decode()

    assert "it was not confirmed in time" in page
    assert "The time of this order had ended." in late
    assert Piece.objects.get().held_by == "somebody else"
    assert end_unconfirmed_orders() == 1
    assert end_unconfirmed_orders() == 0
    ended = Order.objects.get()
    assert ended.cancelled_because == Order.Ending.UNCONFIRMED
    assert "it was not confirmed in time" in client.get(asked.get_absolute_url()).content.decode()
    assert Piece.objects.get().held_by == "somebody else"
    # A stranger whose address was typed gets one mail and no more; and it was reached.
    assert Mail.objects.count() == 1
    assert ended.reached_at


def test_a_link_followed_before_the_end_is_in_time(client: Client, asked: Order) -> None:
    held_for(asked).update(held_until=Now() + timedelta(seconds=5))
    client.post(link_in_mail())

    assert Order.objects.get().stage == OrderStage.TRANSFER
    with pytest.raises(NotEnoughAvailable):
        take(asked)


@pytest.mark.parametrize("backend", ["mail.unsent.EmailBackend", ""])
def test_while_no_mail_leaves_staff_decide(
    client: Client, settings: Settings, sam: User, backend: str
) -> None:
    settings.CONFIRM_MINUTES = 60
    place(client)
    if backend:
        settings.EMAIL_BACKEND = backend
        send_mails()
    begin_confirming()
    order = Order.objects.get()
    assert order.confirm_by is None
    by_mail = [WAITS, "60 minutes after our mail has left"]
    by_hand = ["Waiting for our confirmation", "We look at your order and confirm it"]
    page = client.get(order.get_absolute_url()).text
    assert [said for said in by_mail + by_hand if said in page] == (by_hand if backend else by_mail)
    client.force_login(sam)
    page = client.get(f"/admin/store/order/{order.pk}/change/").content.decode()
    assert "it waits for that, or for you" in page
    client.post(f"/admin/store/order/{order.pk}/move/", {"transition": "confirm"})

    assert Piece.objects.get().order == order
    # Staff know somebody: that says nothing of the address.
    assert Order.objects.get().reached_at is None
    assert "Confirm the order" in str(client.get(f"/admin/store/order/{order.pk}/history/").content)


@pytest.mark.parametrize(
    ("problem", "begins"),
    [
        (SMTPRecipientsRefused({"ann@example.com": (450, b"Domain not found")}), True),
        (SMTPDataError(451, b"Come again"), True),
        (ConnectionResetError(), False),
    ],
)
def test_a_mail_that_is_put_off_for_ever_begins_the_hour(
    client: Client,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    problem: Exception,
    begins: bool,
) -> None:
    settings.CONFIRM_MINUTES = 60
    place(client)

    def refuse(*args: Any) -> int:
        raise problem

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    begun = []
    for _ in range(5):
        Mail.objects.update(next_try_at=Now())
        send_mails()
        begin_confirming()
        begun.append(Order.objects.get().confirm_by is not None)

    assert Mail.objects.get(event="invoices.unconfirmed").state == "queued"
    assert begun == [False] * 4 + [begins]


def test_a_mail_that_is_refused_for_good_begins_the_hour(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CONFIRM_MINUTES = 60
    place(client)
    refusal = SMTPRecipientsRefused({"ann@example.com": (550, b"No such user")})

    def refuse(*args: Any) -> int:
        raise refusal

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    send_mails()
    begin_confirming()
    order = Order.objects.get()

    assert order.confirm_by
    assert timedelta(minutes=58) < order.confirm_by - timezone.now() <= HOUR
    assert "could not be delivered" in client.get(order.get_absolute_url()).content.decode()


@pytest.mark.parametrize("method", ["transfer", "card"])
def test_what_costs_nothing_waits_as_well(client: Client, settings: Settings, method: str) -> None:
    settings.CONFIRM_MINUTES, settings.STRIPE_SECRET_KEY = 60, "sk_test_1"
    pages = [place(client, price=0, payment_method=method) for _ in range(4)]
    assert [WAITS in page for page in pages] == [True, True, True, False]
    send_mails()
    begin_confirming()
    first, *others = Order.objects.order_by("pk")
    let_time_end(others[0])

    for _click in range(2):
        page = client.post(confirm_path(first), follow=True).text
        assert "Your order is confirmed." in page
    client.post(confirm_path(others[0]))
    stages = [order.stage for order in Order.objects.order_by("pk")]
    assert stages == [OrderStage.PREPARING, OrderStage.LAPSED, OrderStage.UNCONFIRMED]
    assert Piece.objects.get(order=first).sold_at
    assert Piece.objects.filter(sold_at__isnull=False).count() == 1
    assert Mail.objects.filter(event="invoices.placed").count() == 1


def test_paying_by_card_does_not_wait(client: Client, settings: Settings, asked: Order) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    client.post(f"/invoices/{asked.invoice.secret}/pay/")

    order = Order.objects.get()
    assert order.stage == OrderStage.PAY_BY_CARD
    assert Piece.objects.get().order == order
    # A card is no way around: as a promise again, it waits again.
    order.invoice.attempts.update(state="failed")
    client.post(f"/orders/{order.secret}/pay-otherwise/", {"payment_method": "transfer"})
    assert Order.objects.get().stage == OrderStage.UNCONFIRMED
    assert held_for(order).count() == 1


def pay_by_card_and_not(client: Client, order: Order) -> str:
    """To the pay page and back to a transfer, as often as somebody likes; return the answer."""
    client.post(f"/invoices/{order.invoice.secret}/pay/")
    order.invoice.attempts.update(state="failed")
    way = {"payment_method": "transfer"}
    return client.post(f"/orders/{order.secret}/pay-otherwise/", way, follow=True).text


@pytest.mark.parametrize("is_mailed", [True, False])
def test_by_card_and_back_again_wins_no_time_and_no_mail(
    client: Client, settings: Settings, asked: Order, is_mailed: bool
) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_1", "http://127.0.0.1:9"
    if not is_mailed:
        Order.objects.update(confirm_by=None)
        Mail.objects.update(state=Mail.State.QUEUED, sent_at=None)
    due = asked.placed_at + timedelta(days=7)
    for _round in range(3):
        pay_by_card_and_not(client, asked)
        order = Order.objects.get()
        assert order.stage == OrderStage.UNCONFIRMED
        assert order.payment_due_at == due
        assert held_for(order).get().held_until == (asked.confirm_by if is_mailed else due)
    assert Mail.objects.count() == 1

    client.post(f"/invoices/{asked.invoice.secret}/pay/")
    Order.objects.update(confirm_by=Now())
    assert "The time to confirm this order is over." in pay_by_card_and_not(client, asked)
    assert Order.objects.get().stage == OrderStage.PAY_BY_CARD


def test_going_to_and_fro_counts_among_the_orders(
    client: Client, settings: Settings, asked: Order
) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_1", "http://127.0.0.1:9"
    settings.ORDERS_PER_HOUR_PER_ADDRESS = 2
    pages = [pay_by_card_and_not(client, asked) for _round in range(2)]

    assert ["These are a great many orders." in page for page in pages] == [False, True]


@pytest.mark.parametrize(("pieces", "value"), [(1, 1000), (9, 150)])
def test_beyond_a_bound_for_all_together_the_link_comes_first(
    settings: Settings, pieces: int, value: int
) -> None:
    settings.CONFIRM_MINUTES = 60
    settings.UNCONFIRMED_PIECES, settings.UNCONFIRMED_VALUE = pieces, value
    for number in range(2):
        place(Client(REMOTE_ADDR=f"8.8.8.{number}"), email=f"ann{number}@example.com")
    send_mails()
    begin_confirming()
    first, second = Order.objects.order_by("pk")
    line = second.lines.get()

    assert first.confirm_by
    assert second.confirm_by
    # No longer than the bag would have held it.
    assert second.confirm_by == held_for(second).get().held_until == line.held_until
    assert second.confirm_by < first.confirm_by - timedelta(minutes=40)
    Client().post(confirm_path(second))
    assert Order.objects.get(pk=second.pk).stage == OrderStage.TRANSFER


def test_beyond_it_nothing_is_kept_that_the_bag_had_lost(
    client: Client, settings: Settings
) -> None:
    settings.CONFIRM_MINUTES, settings.UNCONFIRMED_PIECES = 60, 0
    put_in_bag(client, make_item())
    form = form_of(client)
    Piece.objects.update(held_until=Now())
    page = client.post("/checkout/", form, follow=True).content.decode()

    assert "Just now so many orders wait to be confirmed" in page
    assert not Order.objects.exists()


def test_what_waits_counts_among_what_one_person_binds(client: Client, settings: Settings) -> None:
    settings.CONFIRM_MINUTES = 60
    pages = [place(client) for _ in range(4)]

    assert [WAITS in page for page in pages] == [True, True, True, False]


def test_cancelled_or_paid_it_ends_waiting(client: Client, asked: Order, sam: User) -> None:
    page = client.post(f"/orders/{asked.secret}/cancel/", follow=True).content.decode()
    assert "you have cancelled it" in page
    assert Piece.objects.available().count() == 1
    place(client)
    other = Order.objects.latest("pk")
    client.force_login(sam)
    client.post(f"/admin/store/order/{other.pk}/move/", {"transition": "ready"})
    assert Order.objects.latest("pk").stage == OrderStage.UNCONFIRMED
    site = "https://shop.example.com"
    pay_by_hand: dict[str, Any] = {"transition": Order.Transition.PAY, "actor": sam, "site": site}
    transition_and_notify(order_id=other.pk, **pay_by_hand)

    assert Order.objects.latest("pk").stage == OrderStage.PREPARING
    assert Piece.objects.get(order=other).sold_at


def test_nobody_is_reminded_to_pay_what_is_not_confirmed(asked: Order) -> None:
    Order.objects.update(
        placed_at=F("placed_at") - timedelta(days=6), payment_due_at=Now() + timedelta(days=1)
    )
    assert remind_unpaid_orders() == 0


def test_its_holds_are_no_holds_of_people(client: Client, asked: Order, sam: User) -> None:
    client.force_login(sam)
    held = client.get("/admin/bag/hold/").context["cl"].result_count
    orders = client.get("/admin/store/order/", {"todo": "confirm"}).content.decode()

    assert held == 0
    assert asked.reference in orders
    assert "to be confirmed" in orders
