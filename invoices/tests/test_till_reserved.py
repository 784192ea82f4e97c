"""What staff have reserved, at the till: it is the owner's, or another's by a reason."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.erasing import erase
from accounts.joining import join_people
from accounts.models import User
from accounts.personal_data import person_of
from accounts.tests.factories import make_user
from bag.reservations import reserve_piece
from invoices.counter.chosen import version_of
from invoices.tests.test_till import TILL, piece_of, send, text_of
from mail.models import Mail
from store.models import Item, Order, Piece, PieceEvent
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def bob() -> User:
    user = make_user("bob@example.com", name="Bob Brandt")
    User.objects.filter(pk=user.pk).update(email_checked_at=timezone.now())
    return user


@pytest.fixture
def kept(clock: Item, bob: User, sam: User) -> str:
    """The version of Bob's reservation."""
    until = timezone.now() + timedelta(days=2)
    reserve_piece(piece=piece_of(clock), until=until, customer=bob, actor=sam, reason="by phone")
    return version_of(piece_of(clock))


def test_the_till_says_for_whom_it_is(till: Client, clock: Item, kept: str) -> None:
    page = text_of(till.get(TILL, {"piece": piece_of(clock).pk}))
    assert "reserved for Bob Brandt until" in page
    assert ": by phone" in page
    assert "Bob Brandt is here" in page
    assert f'name="kept" value="{kept}"' in page


def test_whoever_has_no_account_is_named_by_what_was_noted(
    till: Client, clock: Item, sam: User
) -> None:
    until = timezone.now() + timedelta(days=2)
    reserve_piece(piece=piece_of(clock), until=until, customer=None, actor=sam, reason="Ann, 555")
    page = text_of(till.get(TILL, {"piece": piece_of(clock).pk}))
    assert "Whoever it is kept for is here: Ann, 555" in page


def test_it_is_sold_to_its_owner(till: Client, clock: Item, kept: str, bob: User) -> None:
    send(till, clock, kept=kept)
    order = Order.objects.get()
    assert (order.customer, order.name) == (bob, "Bob Brandt")
    assert not PieceEvent.objects.filter(kind=PieceEvent.Kind.RELEASED).exists()


def test_an_account_that_is_not_checked_lends_its_name_alone(
    till: Client, clock: Item, kept: str
) -> None:
    User.objects.filter(name="Bob Brandt").update(email_checked_at=None)
    send(till, clock, kept=kept)
    order = Order.objects.get()
    assert (order.customer, order.name) == (None, "Bob Brandt")


def test_what_is_sold_is_that_of_the_record_that_was_kept(
    till: Client, clock: Item, bob: User, alice: User
) -> None:
    request = RequestFactory().post("/")
    request.user = alice
    join_people(lost_id=bob.pk, kept_id=alice.pk, request=request)

    send(till, clock, email="bob@example.com")

    assert Order.objects.get().customer == alice


def test_what_was_kept_for_whoever_is_erased_is_nobodys(
    till: Client, clock: Item, kept: str, bob: User
) -> None:
    request = RequestFactory().post("/")
    request.user, request.session = bob, till.session
    erase(person_of(bob), request)

    send(till, clock, kept=kept)

    order = Order.objects.get()
    assert (order.customer, order.name) == (None, "")


def test_another_buys_it_for_a_reason_alone(till: Client, clock: Item, kept: str) -> None:
    page = text_of(send(till, clock, kept=kept, to_another="on"))
    assert "say why somebody else gets it" in page
    assert not Order.objects.exists()

    send(till, clock, kept=kept, to_another="on", release_reason="He gave it up")
    assert Order.objects.get().customer is None
    event = PieceEvent.objects.get(kind=PieceEvent.Kind.RELEASED)
    assert event.note == "He gave it up"


def lost_mails() -> list[str]:
    return [mail.to for mail in Mail.objects.filter(event="bag.reservation_sold")]


def test_whoever_loses_it_is_told_once(till: Client, clock: Item, kept: str) -> None:
    send(till, clock, kept=kept, to_another="on", release_reason="He gave it up")

    assert lost_mails() == ["bob@example.com"]
    text = Mail.objects.get(event="bag.reservation_sold").text
    assert "we had reserved for you: Mantel clock." in text
    assert "gave it up" not in text


@pytest.mark.parametrize("email", ["", "bob@example.com"])
def test_its_owner_loses_nothing(till: Client, clock: Item, kept: str, email: str) -> None:
    another = {"to_another": "on", "release_reason": "x"} if email else {}
    send(till, clock, kept=kept, email=email, **another)

    assert Order.objects.exists()
    assert lost_mails() == []


def test_nobody_without_an_address_is_mailed(
    till: Client, clock: Item, kept: str, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(email="")
    send(till, clock, kept=kept, to_another="on", release_reason="x")

    assert Order.objects.exists()
    assert lost_mails() == []


def test_a_reservation_in_its_owners_bag_is_lost_all_the_same(
    till: Client, clock: Item, kept: str
) -> None:
    Piece.objects.update(held_by="a-bag")
    send(till, clock, release_reason="He gave it up")

    assert lost_mails() == ["bob@example.com"]


def test_who_may_not_release_sells_it_to_nobody_else(
    till: Client, clock: Item, kept: str, sam: User
) -> None:
    group = sam.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="change_hold"))
    page = text_of(till.get(TILL, {"piece": piece_of(clock).pk}))
    assert "to_another" not in page
    assert "For Bob Brandt" in page
    carol = make_user("carol@example.com")
    User.objects.filter(pk=carol.pk).update(email_checked_at=timezone.now())
    known = {"kept": kept, "to_another": "on", "release_reason": "x"}

    page = text_of(send(till, clock, email="carol@example.com", **known))
    assert "is held for somebody" in page
    assert not Order.objects.exists()


def test_what_is_sold_is_refused_before_anything_is_pressed(till: Client, clock: Item) -> None:
    send(till, clock)
    send(till, make_item())
    page = text_of(till.get(f"/p/{piece_of(clock).pk}/", follow=True))
    assert "cannot be sold" in page
    assert "To pay" not in page
    first = Order.objects.earliest("pk")
    assert f"/admin/store/order/{first.pk}/change/" in page
    assert 'name="pay"' not in page
