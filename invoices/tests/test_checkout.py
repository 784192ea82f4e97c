import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Customer, User
from accounts.tests.factories import mails_sent
from bag.exceptions import NotEnoughAvailable
from bag.services import hold_pieces
from bag.session import Bag
from invoices.exceptions import SummaryChanged
from invoices.models import Invoice
from invoices.orders.checkout import Summary
from invoices.orders.placing import place_order
from invoices.orders.views import gone_message
from store.models import Item, Order, Piece, ShopProfile
from store.tests.factories import make_item, new_order
from store.tests.time import let_holds_lapse

pytestmark = pytest.mark.django_db

CHECKOUT = "/checkout/"
CONTACT = {
    "name": "Ann Guest",
    "email": "ann@example.com",
    "delivery": "collect",
    "payment_method": "transfer",
    "terms": "on",
}
BOX = re.compile(r'name="terms"[^>]* value="(\w{64})"([^>]*)>')
ADDRESS = {"street": "High Street 1", "postcode": "12345", "city": "Town", "country_code": "DE"}


def put_in_bag(client: Client, item: Item, quantity: int = 1) -> None:
    client.post(reverse("bag:add", args=[item.pk]), {"quantity": quantity})


def form_of(client: Client) -> dict[str, str]:
    """Open the checkout and fill it in as Ann does."""
    page = client.get(CHECKOUT).content.decode()
    found = re.search(r'name="summary" value="([^"]+)"', page)
    assert found
    return {**CONTACT, "summary": found[1]}


def send(client: Client, data: dict[str, str], **changes: str) -> str:
    """Press the button; return the text of the page it leads to."""
    response = client.post(CHECKOUT, {**data, **changes}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def shopper(client: Client, clock: Item) -> Client:
    """A guest with the clock (120.00, shipping 9.90) in the bag."""
    put_in_bag(client, clock)
    return client


@pytest.mark.on_both
def test_a_guest_orders_what_is_in_the_bag(shopper: Client, clock: Item) -> None:
    page = send(shopper, form_of(shopper))

    order = Order.objects.get()
    assert order.reference in page
    assert order.total == Decimal("120.00")
    piece = Piece.objects.get()
    assert piece.order == order
    assert piece.held_by is None
    assert Invoice.objects.get().order == order
    assert Invoice.objects.get().number is None


def test_sending_it_costs_shipping(shopper: Client) -> None:
    send(shopper, form_of(shopper), delivery="ship", **ADDRESS)

    assert Order.objects.get().total == Decimal("129.90")
    assert Order.objects.get().address_lines == ["High Street 1", "12345 Town", "Germany"]


def test_an_address_is_asked_only_for_sending(shopper: Client) -> None:
    page = send(shopper, form_of(shopper), delivery="ship")

    assert page.count("We need this to send it to you.") >= 4
    assert "Ann Guest" in page
    assert not Order.objects.exists()


def test_an_address_that_is_not_needed_is_not_kept(shopper: Client) -> None:
    send(shopper, form_of(shopper), **ADDRESS)

    assert Order.objects.get().address_lines == []


def test_what_is_sent_is_not_paid_at_the_shop(shopper: Client) -> None:
    page = send(shopper, form_of(shopper), delivery="ship", payment_method="shop", **ADDRESS)

    assert "paid first, not at the shop" in page


def test_what_is_for_collection_only_is_not_sent(shopper: Client) -> None:
    put_in_bag(shopper, make_item(title="Wardrobe", shipping=None))

    page = send(shopper, form_of(shopper), delivery="ship", **ADDRESS)

    assert "We do not send “Wardrobe”" in page


@pytest.mark.parametrize("name", ["name", "email", "delivery", "payment_method", "terms"])
def test_what_is_missing_is_said_beside_its_field(shopper: Client, name: str) -> None:
    data = {key: value for key, value in form_of(shopper).items() if key != name}

    page = send(shopper, data)

    assert f'id="id_{name}_error"' in page
    assert not Order.objects.exists()


def test_what_is_agreed_to_are_the_terms_that_the_page_led_to(shopper: Client) -> None:
    ShopProfile.objects.update(terms="Thirty days.")
    page = shopper.get(CHECKOUT).text
    agreed = BOX.search(page)
    assert agreed
    sent = {**form_of(shopper), "terms": agreed[1], "note": "For my sister"}
    ShopProfile.objects.update(terms="No days.")

    again = send(shopper, sent)

    assert "The terms of sale have changed meanwhile." in again
    assert "For my sister" in again
    agreed = BOX.search(again)
    assert agreed
    assert "checked" not in agreed[2]
    assert not Order.objects.exists()
    send(shopper, {**sent, "terms": agreed[1]})
    terms = Order.objects.get().terms
    assert terms
    assert terms.text == "No days."


@pytest.mark.parametrize("name", ["name", "phone", "street", "postcode", "city"])
def test_nobody_writes_lines_of_their_own_into_our_mails(shopper: Client, name: str) -> None:
    sending = {**form_of(shopper), **ADDRESS, "delivery": "ship"}

    page = send(shopper, {**sending, name: "Ann\n\nYour account has changed"})

    assert "leave out line breaks" in page
    assert not Order.objects.exists()


def test_prices_come_from_the_database_alone(shopper: Client) -> None:
    send(shopper, form_of(shopper), price="1", total="1", shipping="0", state="collected")

    assert Order.objects.get().total == Decimal("120.00")
    assert Order.objects.get().state == Order.State.OPEN


def test_a_price_that_has_changed_must_be_agreed_to_anew(shopper: Client, clock: Item) -> None:
    data = form_of(shopper)
    Item.objects.filter(pk=clock.pk).update(price=130)

    page = send(shopper, data)
    assert "Your bag has changed" in page
    assert "Ann Guest" in page
    assert not Order.objects.exists()

    send(shopper, form_of(shopper))
    assert Order.objects.get().total == Decimal("130.00")


@pytest.mark.parametrize("summary", ["", "made:up", "\0", "x" * 10_000])
def test_a_made_up_summary_orders_nothing(shopper: Client, summary: str) -> None:
    assert "Your bag has changed" in send(shopper, form_of(shopper), summary=summary)
    assert not Order.objects.exists()


def test_sending_the_page_again_makes_one_order(shopper: Client) -> None:
    data = form_of(shopper)
    send(shopper, data)

    page = send(shopper, data)

    assert "had been placed already" in page
    assert Order.objects.count() == 1


def test_a_click_that_the_first_one_overtakes_finds_the_order(
    shopper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, summary_of = form_of(shopper), Summary.of

    def overtaken(bag: Bag, **agreed: Summary | None) -> Summary:
        monkeypatch.undo()
        shopper.post(CHECKOUT, form)
        return summary_of(bag, **agreed)

    monkeypatch.setattr(Summary, "of", overtaken)

    assert "had been placed already" in send(shopper, form)
    assert Order.objects.count() == 1


def test_a_second_tab_makes_no_second_order(client: Client) -> None:
    put_in_bag(client, make_item(pieces=5))
    first, second = form_of(client), form_of(client)

    send(client, first)
    send(client, second)

    assert Order.objects.count() == 1
    assert Piece.objects.available().count() == 4


def test_the_next_bag_makes_the_next_order(shopper: Client) -> None:
    send(shopper, form_of(shopper))
    put_in_bag(shopper, make_item())
    send(shopper, form_of(shopper))

    assert Order.objects.count() == 2


def test_what_was_added_in_another_tab_must_be_agreed_to(shopper: Client) -> None:
    data = form_of(shopper)
    put_in_bag(shopper, make_item(title="Lamp"))

    page = send(shopper, data)

    assert "Your bag has changed" in page
    assert "Lamp" in page


def test_a_hold_that_lapsed_on_the_way_is_taken_when_still_free(shopper: Client) -> None:
    data = form_of(shopper)
    let_holds_lapse()

    send(shopper, data)

    assert Piece.objects.get().order == Order.objects.get()


def test_what_has_gone_is_named_and_the_rest_remains(shopper: Client, clock: Item) -> None:
    lamp = make_item(title="Lamp")
    put_in_bag(shopper, lamp)
    data = form_of(shopper)
    Piece.objects.filter(item=clock).update(held_by=None, held_since=None, held_until=None)
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="bob")

    page = send(shopper, data)

    assert "“Mantel clock” had ended and it has gone to somebody else" in page
    assert "Ann Guest" in page
    assert not Order.objects.exists()
    again = re.search(r'name="summary" value="([^"]+)"', page)
    assert again
    send(shopper, data, summary=again[1])
    assert [line.title for line in Order.objects.get().lines.all()] == ["Lamp"]


def test_what_staff_deleted_meanwhile_has_gone() -> None:
    assert "has gone" in gone_message(NotEnoughAvailable(item_id=4711, left=0))


def test_when_all_has_gone_what_was_typed_is_still_there(shopper: Client, clock: Item) -> None:
    data = form_of(shopper)
    Piece.objects.update(held_by=None, held_since=None, held_until=None)
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="bob")

    page = send(shopper, data)

    assert "Ann Guest" in page
    assert "nothing left to order" in page


def test_an_empty_bag_leads_back_to_the_bag(client: Client) -> None:
    assert client.get(CHECKOUT).url == "/bag/"  # type: ignore[attr-defined]


def test_a_customer_finds_the_form_filled_in(shopper: Client, alice: User) -> None:
    Customer.objects.update_or_create(user=alice, defaults=ADDRESS)
    shopper.force_login(alice)

    page = shopper.get(CHECKOUT).content.decode()

    assert 'value="alice@example.com"' in page
    assert 'value="High Street 1"' in page


def test_the_order_of_a_customer_is_theirs(shopper: Client, alice: User) -> None:
    shopper.force_login(alice)
    send(shopper, form_of(shopper))

    assert Order.objects.get().customer == alice


def test_customer_and_shop_get_a_mail(shopper: Client) -> None:
    shop = ShopProfile.get_solo()
    shop.email = "shop@example.com"
    shop.iban = "DE02120300000000202051"
    shop.save()

    send(shopper, form_of(shopper), note="<b>Call</b> & 'tell' me")

    order = Order.objects.get()
    to_customer, to_shop = mails_sent()
    assert to_customer.to == ["ann@example.com"]
    assert f"http://testserver/orders/{order.secret}/" in to_customer.body
    assert "€120.00" in to_customer.body
    assert "DE02120300000000202051" in to_customer.body
    assert to_shop.to == ["shop@example.com"]
    assert "<b>Call</b> & 'tell' me" in to_shop.body


def test_a_stranger_cannot_use_my_summary(shopper: Client, clock: Item) -> None:
    data = form_of(shopper)
    stranger = Client()
    put_in_bag(stranger, make_item())

    assert "Your bag has changed" in send(stranger, data)
    assert not Order.objects.exists()


def test_the_checkout_asks_few_questions(
    shopper: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shopper.force_login(alice)
    shopper.get("/")
    with django_assert_max_num_queries(9):
        assert shopper.get(CHECKOUT).status_code == 200


def place_with(client: Client, item: Item, **fields: str) -> Order | None:
    """Order a thing with these fields; None when the checkout refuses them."""
    put_in_bag(client, item)
    page = client.get(CHECKOUT)
    client.post(CHECKOUT, {**CONTACT, **fields, "summary": page.context["summary"]})
    return Order.objects.first()


HONG_KONG = {
    "delivery": "ship",
    "street": "Flat 3, 12/F, 88 Queen's Road Central",
    "postcode": "",
    "city": "Central",
    "country_code": "HK",
}


def test_where_there_are_no_postcodes_none_is_asked_for(client: Client, clock: Item) -> None:
    order = place_with(client, clock, **HONG_KONG)

    assert order
    assert order.address_lines[-2:] == ["Central", "Hong Kong"]


@pytest.mark.parametrize("postcode", ["", "1234", "SW1A 1AA"])
def test_a_postcode_is_asked_for_as_its_country_has_it(
    client: Client, clock: Item, postcode: str
) -> None:
    german = {**ADDRESS, "delivery": "ship", "postcode": postcode}

    assert place_with(client, clock, **german) is None


def test_what_was_pasted_is_ordered_as_it_was_meant(client: Client, clock: Item) -> None:
    odd = {
        "name": "Ann\u200b Guest",
        "email": "ann@example.com\u202c",
        "phone": "\u202a+49 30 1234567\u202c",
        "delivery": "ship",
        **ADDRESS,
        "postcode": "１２３\u00ad４５",
    }

    order = place_with(client, clock, **odd)

    assert order
    assert (order.name, order.email) == ("Ann Guest", "ann@example.com")
    assert (order.phone, order.postcode) == ("+49 30 1234567", "12345")


def test_a_line_break_counts_once(client: Client, clock: Item) -> None:
    order = place_with(client, clock, note="\r\n".join(["x" * 99] * 10) + "x")

    assert order
    assert len(order.note) == 1000


def test_shipping_of_several_things_says_what_each_adds(client: Client, clock: Item) -> None:
    put_in_bag(client, clock)
    assert re.search(r"Send it to me · €9.90\s*<", client.get(CHECKOUT).text)
    put_in_bag(client, make_item(title="Lamp", shipping=Decimal("4.10")))

    assert "Send it to me · €14.00 (€4.10 + €9.90)" in client.get(CHECKOUT).text


def test_what_is_not_sent_takes_the_choice_away_at_once(client: Client, clock: Item) -> None:
    put_in_bag(client, clock)
    assert "Send it to me" in client.get(CHECKOUT).text
    put_in_bag(client, make_item(title="Wardrobe", shipping=None))

    page = client.get(CHECKOUT).text

    assert "Send it to me" not in page
    assert "Where do we send it?" not in page
    assert "We do not send “Wardrobe”" in page


def test_what_has_papers_is_sent_where_they_let_it(client: Client, db: None) -> None:
    item = make_item(watched_material="ivory", certificate="DE-1", sent_to="eu")
    client.post(f"/bag/add/{item.pk}/", {"quantity": "1"})
    summary = client.get("/checkout/").context["summary"]
    data = {
        "name": "Ann", "email": "ann@example.com", "delivery": "ship", "street": "Quay 1",
        "postcode": "8001", "city": "Zürich", "country": "Switzerland", "terms": "on",
        "payment_method": "transfer", "summary": summary,
    }  # fmt: skip

    page = client.post("/checkout/", data).content.decode()

    assert f"By its papers we may send “{item.title}” within the EU only." in page
    assert not Order.objects.exists()


def test_an_empty_bag_orders_nothing(client: Client, clock: Item) -> None:
    """Neither from a form of one's own making, nor after the bag was emptied in another tab."""
    page = client.post(CHECKOUT, CONTACT, follow=True)
    assert page.redirect_chain == [(reverse("bag:detail"), 302)]
    assert "There is nothing in your bag to order." in page.text
    put_in_bag(client, clock)
    form = form_of(client)
    client.post(reverse("bag:remove", args=[clock.pk]))

    for _ in range(2):
        answer = client.post(CHECKOUT, form)
        assert answer.headers["Location"] == reverse("bag:detail")

    assert not Order.objects.exists()
    with pytest.raises(SummaryChanged):
        place_order(order=new_order("bag"), agreed={}, site="https://shop.example.com")
