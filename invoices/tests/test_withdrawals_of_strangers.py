"""What a stranger declares is taken, and fills nobody's mailbox with a stranger's words."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from invoices.models import Withdrawal
from invoices.tests.test_withdrawing import withdraw
from invoices.withdrawals.contracts import link_from_order
from mail.models import Mail
from store.models import Item, Order, Piece, ShopProfile
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]
SHOP = "shop@example.com"
EVIL = "https://evil.example/pay?1 YOUR ACCOUNT WAS HACKED"


@pytest.fixture(autouse=True)
def _shop(db: None) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"email": SHOP})


@pytest.fixture
def order(clock: Item) -> Order:
    return make_order(clock, customer=None)


def declare_many(number: int, contract: str) -> None:
    """Each from a network and with an address of its own."""
    for n in range(number):
        visitor = Client(REMOTE_ADDR=f"203.0.113.{n + 1}")
        withdraw(visitor, name="Security Team", contract=contract, email=f"x{n}@example.net")


def test_a_contracts_mailbox_and_the_shop_are_told_once(order: Order) -> None:
    declare_many(10, f"{order} {EVIL}")

    assert Withdrawal.objects.open().count() == 10
    assert Mail.objects.filter(to=order.email).count() == 1
    assert Mail.objects.filter(to=SHOP).count() == 1
    assert Mail.objects.filter(event="invoices.withdrawn").count() == 10


def test_one_mailbox_is_asked_about_few_of_its_contracts(order: Order) -> None:
    orders = [order, *(make_order(make_item(), customer=None) for _ in range(5))]
    for each in orders:
        declare_many(1, f"{each}")

    assert {each.email for each in orders} == {order.email}
    assert Mail.objects.filter(to=order.email).count() == 3


def test_one_network_has_so_many_mails_sent(settings: Settings) -> None:
    settings.MESSAGES_PER_HOUR_PER_ADDRESS = 4
    for n in range(8):
        withdraw(Client(), contract="a lamp", email=f"x{n}@example.net")

    assert Withdrawal.objects.count() == 8
    assert Mail.objects.filter(event="invoices.withdrawn").count() == 4
    assert Mail.objects.filter(to=SHOP).count() == 4


def test_a_mailbox_that_was_not_asked_is_asked_later(order: Order, settings: Settings) -> None:
    settings.MESSAGES_PER_HOUR_PER_ADDRESS = 1
    withdraw(Client(), contract="a lamp")
    withdraw(Client(), contract=f"{order}", email="b@example.net")
    assert not Mail.objects.filter(to=order.email).exists()

    withdraw(Client(REMOTE_ADDR="203.0.113.9"), contract=f"{order}", email="c@example.net")
    assert Mail.objects.filter(to=order.email).count() == 1


def test_the_mailbox_reads_number_and_time_alone(client: Client, order: Order) -> None:
    declared = withdraw(client, name="Security Team", contract=f"{order} {EVIL}")
    mail = Mail.objects.get(event="invoices.withdrawal_check")

    assert f"Contract: {order}" in mail.text
    assert declared.declared_words in mail.text
    for typed in ("Security", "evil", "HACKED"):
        assert typed not in mail.subject + mail.text + mail.html


def test_a_receipt_carries_no_links_of_a_stranger(client: Client) -> None:
    words = f"Your parcel is held: {EVIL} " + "pay " * 40
    declared = withdraw(client, name="Bank evil.example", contract=words.strip())
    mail = Mail.objects.get(event="invoices.withdrawn")

    assert "Withdraws from: Your parcel is held: … YOUR ACCOUNT" in mail.text
    assert "evil.example" not in mail.text + mail.html
    assert mail.text.count("pay ") < 20
    assert EVIL in client.get(declared.get_absolute_url()).text


def test_what_is_not_known_to_be_theirs_waits_for_other_mails(order: Order, client: Client) -> None:
    withdraw(client, contract=f"{order}")
    assert set(Mail.objects.values_list("yields", flat=True)) == {True}

    Mail.objects.all().delete()
    withdraw(Client(), f"/withdraw/{link_from_order(order)}/", email=order.email)
    assert set(Mail.objects.values_list("yields", flat=True)) == {False}


def declare_parts(visitor: Client, page: str, order: Order, email: str) -> list[Mail]:
    """Each of seven things for itself, more often than a mailbox gets mails of strangers."""
    for line in order.lines.all():
        withdraw(visitor, page, lines=[line.pk], email=email)
    assert Withdrawal.objects.exclude(proven_by="").count() == 7
    return [*Mail.objects.filter(event="invoices.withdrawn")]


@pytest.mark.parametrize("known_by", ["link", "account", "browser"])
def test_who_is_known_fills_nobody_elses_mailbox(alice: User, known_by: str) -> None:
    visitor = Client()
    visitor.get("/bag/")
    order = make_order(make_item(pieces=7), customer=None, for_business=True)
    page = f"/withdraw/?contract={order}"
    if known_by == "link":
        page = f"/withdraw/{link_from_order(order)}/"
    elif known_by == "account":
        visitor.force_login(alice)
        Order.objects.update(customer=alice)
    else:
        visitor.post(f"/bag/add/{make_item().pk}/")
        key = Piece.objects.exclude(held_by=None).get().held_by
        Order.objects.update(bag_key=key, email="victim@example.net")
    receipts = declare_parts(visitor, page, order, "victim@example.net")

    assert len(receipts) == 6
    assert Mail.objects.filter(to=SHOP).count() == 6
    assert set(Mail.objects.values_list("yields", flat=True)) == {True}


@pytest.mark.parametrize("is_account", [True, False])
def test_who_is_known_to_read_a_mailbox_gets_each_receipt(alice: User, *, is_account: bool) -> None:
    order = make_order(make_item(pieces=7), customer=alice, for_business=True)
    visitor, page = Client(), f"/withdraw/{link_from_order(order)}/"
    if is_account:
        visitor.force_login(alice)
        page = f"/withdraw/?contract={order}"

    assert len(declare_parts(visitor, page, order, alice.email)) == 7


def test_an_address_that_only_looks_alike_proves_nothing(clock: Item) -> None:
    """`casefold` makes ß of ss, but they are two domains, of two people."""
    order = make_order(clock, customer=None, email="bob@strasse.example")
    withdraw(Client(), contract=f"{order}", email="bob@straße.example")

    assert Mail.objects.filter(to=order.email, event="invoices.withdrawal_check").count() == 1
    receipt = Mail.objects.get(event="invoices.withdrawn")
    assert "/mine/" not in receipt.text
