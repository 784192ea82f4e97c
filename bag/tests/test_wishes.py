"""What is gone shows what is like it, and its visitor may be told of more."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import deactivate_account
from accounts.tests.factories import mails_sent
from bag.models import Wish
from bag.wishes.services import tell_wishes
from store.models import Item
from store.tests.factories import make_category, make_item, make_order

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


@pytest.fixture
def sold(clock: Item) -> Item:
    make_order(clock, paid=True)
    return clock


def wish(client: Client, item: Item, email: str = "ann@example.com") -> str:
    return client.post(reverse("bag:wish-for", args=[item.pk]), {"email": email}, follow=True).text


def news() -> list[str]:
    """Let the timer tell; return the titles that are named in its mails."""
    tell_wishes()
    texts = [str(letter.body) for letter in mails_sent() if "New in the shop" in letter.subject]
    return [title for text in texts for title in ("Carriage clock", "Wall clock") if title in text]


def test_what_is_sold_shows_what_is_like_it(client: Client, sold: Item) -> None:
    make_item(title="Wall clock")
    make_item(title="Vase", category=make_category("Vases"))
    page = client.get(sold.get_absolute_url()).text

    assert "Like it, and to be had" in page
    assert "Wall clock" in page
    assert "Vase<" not in page
    assert "Tell me when something like it comes in" in page


def test_what_is_on_sale_shows_more_of_its_category_by_its_maker_first(
    client: Client, clock: Item
) -> None:
    Item.objects.filter(pk=clock.pk).update(maker="Hallmann")
    make_item(title="Wall clock", maker="Hallmann")
    make_item(title="Carriage clock", maker="Leroy")
    make_item(title="Vase", category=make_category("Vases"))
    page = client.get(clock.get_absolute_url()).text.partition("More like it")[2]

    assert page.index("Wall clock<") < page.index("Carriage clock<")
    assert "Vase<" not in page
    assert "Tell me when" not in page


def test_what_is_alone_in_its_category_speaks_of_nothing_else(client: Client, clock: Item) -> None:
    make_item(title="Vase", category=make_category("Vases"))

    assert "More like it" not in client.get(clock.get_absolute_url()).text


def test_one_is_told_of_what_is_new_and_alike(client: Client, sold: Item) -> None:
    make_item(title="Wall clock")
    assert "We mail you when" in wish(client, sold)
    assert news() == []
    make_item(title="Vase", category=make_category("Vases"))
    make_item(title="Hidden clock", published=False)
    assert news() == []

    make_item(title="Carriage clock")

    assert news() == ["Carriage clock"]
    assert mails_sent()[-1].to == ["ann@example.com"]
    assert news() == ["Carriage clock"]


def test_one_is_told_once_a_day(client: Client, sold: Item) -> None:
    wish(client, sold)
    make_item(title="Carriage clock")
    news()
    make_item(title="Wall clock")
    assert news() == ["Carriage clock"]

    Wish.objects.update(told_at=F("told_at") - timedelta(days=1))

    assert news() == ["Carriage clock", "Wall clock"]


def test_wishing_twice_is_one_wish(client: Client, sold: Item) -> None:
    wish(client, sold)
    wish(client, sold, " ANN@example.com\u200b")

    assert Wish.objects.count() == 1


def test_a_customer_need_not_say_the_address(client: Client, sold: Item, alice: User) -> None:
    client.force_login(alice)
    client.post(reverse("bag:wish-for", args=[sold.pk]))
    assert Wish.objects.get().address == alice.email

    deactivate_account(user=alice)

    assert not Wish.objects.exists()


def test_the_link_of_the_mail_ends_it_in_one_click(client: Client, sold: Item) -> None:
    wish(client, sold)
    link = Wish.objects.get().get_absolute_url()
    assert "No more such mails" in client.get(link).text
    assert Wish.objects.exists()

    mail_program = Client(enforce_csrf_checks=True)

    assert "no more of these mails" in mail_program.post(link).text
    assert not Wish.objects.exists()
    assert client.get(link).status_code == 404


def test_whoever_wants_no_more_such_mails_gets_none_whatever_strangers_type(
    client: Client, sold: Item, alice: User
) -> None:
    other = make_item(title="Clock radio", category=make_category("Radios"))
    wish(client, sold)
    wish(client, other)
    client.post(Wish.objects.get(item=sold).get_absolute_url())
    assert not Wish.objects.exists()

    assert "wants no such mails" in wish(Client(), other)
    assert not Wish.objects.exists()
    wish(client, sold, "bob@example.com")
    User.objects.filter(pk=alice.pk).update(email="ann@example.com")
    client.force_login(alice)
    wish(client, sold)
    assert Wish.objects.filter(customer=alice).exists()


def test_nobody_is_flooded_with_wishes_of_others(client: Client, sold: Item) -> None:
    gone = [make_item(pieces=0) for _ in range(11)]
    for number, item in enumerate(gone):
        text = Client().post(
            reverse("bag:wish-for", args=[item.pk]),
            {"email": "ann@example.com"},
            REMOTE_ADDR=f"198.51.100.{number}",
        )

    assert "great many lines today" in text.content.decode()
    assert Wish.objects.count() == 10


def test_one_network_wishes_only_so_often(client: Client, sold: Item) -> None:
    for number in range(21):
        page = wish(client, sold, f"ann{number}@example.com")

    assert "You can go on at" in page
    assert Wish.objects.count() == 20


def test_who_wishes_for_several_things_hears_of_a_new_one_once(client: Client, sold: Item) -> None:
    second = make_item()
    make_order(second, paid=True)
    wish(client, second)
    wish(client, sold)
    make_item(title="Wall clock")

    assert news() == ["Wall clock"]
    assert news() == ["Wall clock"]
    assert len(mails_sent()) == 1
