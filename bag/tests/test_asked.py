"""A visitor asks what sending a thing costs; staff answer with a price, and it is reserved."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import mails_sent
from bag.asked.models import ShippingRequest
from bag.asked.services import (
    AnsweredMeanwhile,
    decline_shipping,
    end_request,
    forget_requests,
    offer_shipping,
)
from bag.exceptions import NotEnoughAvailable
from bag.reservations import release_pieces
from bag.services import hold_pieces
from store.models import Item, Piece, ShopProfile
from store.tests.factories import make_item
from store.tests.time import let_pass
from store.tests.zones import ship_by_zones

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]
State = ShippingRequest.State
ADMIN = "/admin/bag/shippingrequest/"


@pytest.fixture(autouse=True)
def _zones(db: None) -> None:
    ship_by_zones()
    ShopProfile.objects.update(email="shop@example.com")


@pytest.fixture
def cupboard() -> Item:
    return make_item(title="Cupboard", shipping=None, size_class="freight")


def form(**fields: str) -> dict[str, str]:
    where = {"country_code": "BR", "postcode": "11010-000", "city": "Santos"}
    return {**where, "email": "ana@example.com", "note": "For a school.", **fields}


def asked(client: Client, item: Item, **fields: str) -> ShippingRequest:
    answer = client.post(f"/bag/shipping/{item.pk}/", form(**fields))
    assert answer.status_code == 302, answer.content.decode()
    return ShippingRequest.objects.get(secret=answer["Location"].split("/")[-2])


def offer(request: ShippingRequest, actor: User, **fields: Any) -> ShippingRequest:
    until = timezone.now() + timedelta(days=3)
    said = {"price": Decimal(800), "until": until, "text": "By ship.", **fields}
    return offer_shipping(request_id=request.pk, actor=actor, **said)


def time_goes_by(time: timedelta) -> None:
    let_pass(time)
    ShippingRequest.objects.update(held_since=F("held_since") - time)


def state_of(request: ShippingRequest) -> str:
    return ShippingRequest.objects.with_state().get(pk=request.pk).state


def take(client: Client, request: ShippingRequest) -> str:
    address = f"{request.get_absolute_url()}take/"
    return str(client.post(address, follow=True).content.decode())


def test_the_page_of_a_thing_leads_to_the_form(client: Client, cupboard: Item) -> None:
    client.post("/send-to/", {"country": "BR"})
    page = client.get(cupboard.get_absolute_url()).content.decode()

    assert f"/bag/shipping/{cupboard.pk}/" in page
    assert "Cupboard" in client.get(f"/bag/shipping/{cupboard.pk}/").content.decode()


def test_asking_reaches_the_shop_once(client: Client, cupboard: Item) -> None:
    request = asked(client, cupboard, idempotency_key="k" * 22)

    assert asked(client, cupboard, idempotency_key="k" * 22) == request
    [mail] = mails_sent()
    assert mail.to == ["shop@example.com"]
    assert mail.reply_to == ["ana@example.com"]
    assert "to Brazil, 11010-000 Santos" in mail.body
    page = client.get(request.get_absolute_url()).content.decode()
    assert "We answer by mail to ana@example.com" in page


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"country_code": "JP"}, "We do not send it to Japan."),
        ({"country_code": "XX"}, "We know no country of this name."),
        ({"city": ""}, "This field is required."),
        ({"city": "Santos\nBuy here"}, "line breaks"),
    ],
)
def test_what_cannot_be_asked(
    client: Client, cupboard: Item, fields: dict[str, str], text: str
) -> None:
    page = client.post(f"/bag/shipping/{cupboard.pk}/", form(**fields)).content.decode()

    assert text in page
    assert not ShippingRequest.objects.exists()


def test_where_there_is_a_price_nobody_has_to_ask(client: Client) -> None:
    lamp = make_item(shipping=None, size_class="small")

    page = client.post(f"/bag/shipping/{lamp.pk}/", form(country_code="FR")).content.decode()

    assert "For France you need not ask" in page


def test_a_stranger_asks_no_more_than_the_limit(client: Client, cupboard: Item) -> None:
    for _ in range(6):
        asked(client, cupboard)

    answer = client.post(f"/bag/shipping/{cupboard.pk}/", form())

    assert answer.status_code == 429
    assert "a great many questions" in answer.content.decode()


def test_an_answer_reserves_it_and_its_link_leads_to_the_bag(
    client: Client, cupboard: Item, sam: User
) -> None:
    request = offer(asked(client, cupboard), sam)

    piece = cupboard.pieces.get()
    assert not Piece.objects.available().exists()
    mail = mails_sent()[-1]
    assert mail.to == ["ana@example.com"]
    assert "€800.00" in mail.subject
    assert request.get_absolute_url() in mail.body
    page = take(Client(), request)
    assert "“Cupboard”" not in page
    assert "€920.00" in page
    assert "Shipping to Brazil, if we send it" in page
    piece.refresh_from_db()
    assert piece.held_until == request.until


def test_its_price_is_for_that_country_only(client: Client, cupboard: Item, sam: User) -> None:
    take(client, offer(asked(client, cupboard), sam))
    client.post("/send-to/", {"country": "FR"})

    assert "We do not send “Cupboard”" in client.get("/bag/").content.decode()


def test_it_is_free_again_the_second_its_time_is_over(
    client: Client, cupboard: Item, sam: User
) -> None:
    request = offer(asked(client, cupboard), sam)
    time_goes_by(timedelta(days=2, hours=23))
    assert state_of(request) == State.OFFERED
    time_goes_by(timedelta(hours=1, minutes=1))

    assert state_of(request) == State.OVER
    assert "Its time is over" in take(client, request)
    hold_pieces(item_id=cupboard.pk, quantity=1, bag_key="bob")
    assert state_of(request) == State.OVER
    assert "Its time is over" in take(client, request)


def test_in_the_bag_its_time_runs_on(client: Client, cupboard: Item, sam: User) -> None:
    take(client, offer(asked(client, cupboard), sam))
    client.post("/bag/renew/")
    time_goes_by(timedelta(days=3, minutes=1))

    page = client.get("/bag/").content.decode()

    assert "Your time for it has ended" in page
    assert "€800.00" not in page


def test_of_two_answers_the_first_stands(client: Client, cupboard: Item, sam: User) -> None:
    request = asked(client, cupboard)
    offer(request, sam)

    with pytest.raises(AnsweredMeanwhile):
        offer(request, sam, price=Decimal(1))
    with pytest.raises(AnsweredMeanwhile):
        decline_shipping(request_id=request.pk, text="No.", actor=sam)

    request.refresh_from_db()
    assert request.price == 800
    assert len(mails_sent()) == 2


def test_what_was_sold_meanwhile_is_not_offered(client: Client, cupboard: Item, sam: User) -> None:
    request = asked(client, cupboard)
    hold_pieces(item_id=cupboard.pk, quantity=1, bag_key="bob")

    with pytest.raises(NotEnoughAvailable):
        offer(request, sam)

    assert state_of(request) == State.ASKED


def test_who_declines_says_why(client: Client, cupboard: Item, sam: User) -> None:
    request = asked(client, cupboard)

    decline_shipping(request_id=request.pk, text="No carrier goes there.", actor=sam)

    assert state_of(request) == State.DECLINED
    assert "No carrier goes there." in mails_sent()[-1].body
    assert "No carrier" in client.get(request.get_absolute_url()).content.decode()
    assert Piece.objects.available().exists()


def test_who_wants_it_no_more_gives_it_back(client: Client, cupboard: Item, sam: User) -> None:
    request = offer(asked(client, cupboard), sam)

    page = client.post(f"{request.get_absolute_url()}end/", follow=True).content.decode()

    assert "It is free for others again." in page
    assert Piece.objects.available().exists()
    assert not end_request(request_id=request.pk)
    with pytest.raises(AnsweredMeanwhile):
        decline_shipping(request_id=request.pk, text="No.", actor=sam)


def test_what_staff_release_is_offered_no_more(client: Client, cupboard: Item, sam: User) -> None:
    request = offer(asked(client, cupboard), sam)
    release_pieces(pieces=Piece.objects.all(), actor=sam, reason="By phone")
    hold_pieces(item_id=cupboard.pk, quantity=1, bag_key="bob")

    assert state_of(request) == State.OVER
    end_request(request_id=request.pk)
    assert Piece.objects.held_by("bob").exists()


def test_what_is_forgotten_holds_nothing(client: Client, cupboard: Item, sam: User) -> None:
    forget_requests([offer(asked(client, cupboard), sam).pk])

    assert not ShippingRequest.objects.exists()
    assert Piece.objects.available().exists()


def test_a_customer_finds_it_in_the_bag_too(
    client: Client, cupboard: Item, alice: User, sam: User
) -> None:
    client.force_login(alice)
    offer(asked(client, cupboard), sam)

    assert "Cupboard" in client.get("/bag/").content.decode()
    assert Piece.objects.get().held_for == alice


def answer_in_admin(shop: Client, request: ShippingRequest, **fields: str) -> str:
    until = timezone.localtime() + timedelta(days=2)
    said = {"price": "800", "until": until.strftime("%Y-%m-%dT%H:%M"), "answer": "By ship."}
    address = f"{ADMIN}{request.pk}/change/"
    return str(shop.post(address, {**said, **fields}, follow=True).content.decode())


def test_what_a_page_proposes_is_nobody_elses_change(
    client: Client, shop: Client, cupboard: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(client, cupboard)
    page = shop.get(f"{ADMIN}{request.pk}/change/").content.decode()
    shown = re.search(r'name="as_shown" value="([^"]+)"', page)
    assert shown
    # As it is after a while.
    monkeypatch.setattr("bag.admin.asked.PROPOSED_RESERVATION", timedelta(days=9))

    assert "The answer is on its way" in answer_in_admin(shop, request, as_shown=shown[1])


def test_staff_answer_at_their_desk(client: Client, shop: Client, cupboard: Item) -> None:
    request = asked(client, cupboard)
    assert "Cupboard" in shop.get(f"{ADMIN}?answered=no").content.decode()
    assert "somebody asks what sending it costs" in shop.get("/admin/").content.decode()

    item = shop.get(f"/admin/store/item/{cupboard.pk}/change/").content.decode()
    assert f"{ADMIN}{request.pk}/change/" in item

    page = answer_in_admin(shop, request)

    assert "The answer is on its way to ana@example.com." in page
    assert state_of(request) == State.OFFERED
    assert "It is answered already" in answer_in_admin(shop, request)
    assert "Cupboard" not in shop.get(f"{ADMIN}?answered=no").content.decode().split("result")[-1]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"price": "", "answer": ""}, "Please say why, or name a price."),
        ({"until": ""}, "Please say until when it is reserved."),
        ({"until": "2020-01-01T10:00"}, "From now on, and for 90 days at most."),
        ({"price": "-1"}, "greater than or equal to 0"),
    ],
)
def test_an_answer_must_make_sense(
    client: Client, shop: Client, cupboard: Item, fields: dict[str, str], text: str
) -> None:
    request = asked(client, cupboard)

    assert text in answer_in_admin(shop, request, **fields)
    assert state_of(request) == State.ASKED


def test_staff_are_told_that_somebody_holds_it(
    client: Client, shop: Client, cupboard: Item
) -> None:
    request = asked(client, cupboard)
    hold_pieces(item_id=cupboard.pk, quantity=1, bag_key="bob")

    assert "No piece of it is available now" in answer_in_admin(shop, request)
    assert state_of(request) == State.ASKED
