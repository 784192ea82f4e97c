from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer, User
from accounts.tests.factories import make_user
from bag.models import Hold
from bag.services import hold_pieces, release_holds
from bag.tests.hold_steps import (
    DAY,
    HOLDS,
    RELEASE,
    extension,
    held,
    last_event,
    page_of,
    reserve_page,
    typed,
    wait_for,
)
from store.models import STAFF_RESERVED, Item, Piece
from store.tests.factories import make_order
from store.tests.time import let_pass

pytestmark = pytest.mark.on_both


# --- Another end -------------------------------------------------------------


def test_a_hold_is_extended_with_a_reason(shop: Client, sam: User) -> None:
    hold = held()

    page = shop.post(page_of(hold), extension(hold), follow=True).content.decode()

    hold.refresh_from_db()
    assert hold.held_until
    assert hold.held_until - timezone.now() > timedelta(hours=23)
    assert f"{hold} is held until" in page
    event = last_event()
    assert (event.kind, event.actor, event.note) == ("extended", sam, "On the way")


@pytest.mark.parametrize(
    ("until", "error"),
    [
        (typed(timezone.now() - DAY), "This moment has passed already."),
        (typed(timezone.now() + 91 * DAY), "That is too long: "),
        ("tomorrow", "Enter a valid date/time."),
        ("", "This field is required."),
    ],
)
def test_a_wrong_end_is_explained_and_what_was_typed_stays(
    shop: Client, until: str, error: str
) -> None:
    hold = held()

    page = shop.post(page_of(hold), extension(hold, until=until)).content.decode()

    assert error in page
    assert f'value="{until}"' in page or not until
    assert 'value="On the way"' in page
    assert Hold.objects.get(pk=hold.pk).held_until == hold.held_until


def test_nothing_happens_without_a_reason(shop: Client) -> None:
    hold = held()

    for address in (page_of(hold), RELEASE):
        page = shop.post(address, extension(hold, reason=" ")).content.decode()
        assert "This field is required." in page

    assert Hold.objects.get(pk=hold.pk).held_until == hold.held_until


# --- Release -----------------------------------------------------------------


def test_a_hold_is_released_with_a_reason(shop: Client, sam: User) -> None:
    hold = held()

    page = shop.post(RELEASE, {"holds": [hold.version], "reason": "Damaged"}, follow=True)

    assert Piece.objects.available().get() == hold
    assert page.redirect_chain[-1][0] == reverse("admin:store_piece_change", args=[hold.pk])
    assert "1 hold was released." in page.content.decode()
    event = last_event()
    assert (event.kind, event.actor, event.note) == ("released", sam, "Damaged")


def test_several_are_named_before_they_are_released(shop: Client) -> None:
    chosen, other = [held(), held()], held()
    data = {"action": "release", "_selected_action": [hold.pk for hold in chosen]}

    page = shop.post(HOLDS, data)

    text = page.content.decode()
    assert all(hold.stock_number in text for hold in chosen)
    assert other.stock_number not in text
    assert Piece.objects.held().count() == 3
    seen = page.context["form"]["holds"].value()
    page = shop.post(RELEASE, {"holds": seen, "reason": "Stocktaking"}, follow=True)
    assert "2 holds were released." in page.content.decode()
    assert Piece.objects.held().get() == other


@pytest.mark.parametrize("address", ["page", "release"])
def test_a_later_hold_of_somebody_else_is_not_touched(shop: Client, address: str) -> None:
    held()
    # Not in the same moment.
    let_pass(timedelta(seconds=1))
    hold = Hold.objects.get()
    release_holds(bag_key="bag of bob")
    hold_pieces(item_id=hold.item_id, quantity=1, bag_key="bag of carla")
    later = Hold.objects.get()

    target = page_of(hold) if address == "page" else RELEASE
    page = shop.post(target, extension(hold), follow=True).content.decode()

    assert "Nothing was changed" in page
    after = Hold.objects.get()
    assert (after.held_by, after.held_until) == ("bag of carla", later.held_until)


def test_a_piece_that_was_ordered_meanwhile_is_said_to_be(shop: Client) -> None:
    hold = held()
    release_holds(bag_key="bag of bob")
    order = make_order(hold.item)

    page = shop.post(page_of(hold), extension(hold), follow=True).content.decode()
    assert f"{hold} is now: reserved for order {order}." in page

    page = shop.post(RELEASE, extension(hold), follow=True).content.decode()
    assert "1 hold had ended meanwhile. Nothing was changed about it." in page
    assert Piece.objects.get().order == order


@pytest.mark.parametrize("holds", [[], ["nonsense"], ["1"], ["x y"]])
def test_a_page_that_names_no_hold_releases_none(shop: Client, holds: list[str]) -> None:
    held()

    assert shop.post(RELEASE, {"holds": holds, "reason": "Damaged"}).status_code == 200

    assert Piece.objects.held().exists()


# --- Reserve -----------------------------------------------------------------


@pytest.mark.parametrize("with_account", [True, False])
def test_a_free_piece_is_reserved(
    shop: Client, clock: Item, alice: User, *, with_account: bool
) -> None:
    piece = clock.pieces.get()
    until = typed(timezone.now() + DAY)
    customer = alice.pk if with_account else ""
    data = {"customer": customer, "until": until, "reason": "Ms Blue, 0123 456"}

    page = shop.post(reserve_page(piece), data, follow=True).content.decode()

    hold = Hold.objects.held().get()
    assert (hold.held_by, hold.held_for) == (STAFF_RESERVED, alice if with_account else None)
    assert f"{piece} is reserved until" in page
    assert "Ms Blue, 0123 456" in page


def test_what_was_typed_of_a_reservation_stays(shop: Client, clock: Item, alice: User) -> None:
    piece = clock.pieces.get()
    wait_for(clock)

    data = {"customer": alice.pk, "until": "2001-01-01T10:00", "reason": ""}
    page = shop.post(reserve_page(piece), data).content.decode()

    assert "This moment has passed already." in page
    assert 'value="2001-01-01T10:00"' in page
    assert f'<option value="{alice.pk}" selected>' in page
    assert "1 person waits in line" in page
    assert Piece.objects.available().exists()


def test_what_is_not_published_is_not_reserved(shop: Client, clock: Item, alice: User) -> None:
    piece = clock.pieces.get()
    Item.objects.update(published=False)

    data = {"customer": alice.pk, "until": typed(timezone.now() + DAY), "reason": "Rang up"}
    page = shop.post(reserve_page(piece), data).content.decode()

    assert "is not published, so nobody can see it. Publish it first." in page
    assert 'value="Rang up"' in page
    assert Piece.objects.available().exists()


def test_what_is_taken_is_not_reserved(shop: Client) -> None:
    hold = held()

    for method in (shop.get, shop.post):
        page = method(reserve_page(hold), extension(hold), follow=True).content.decode()
        assert (
            f"Nothing was changed, for things have moved on. {hold} is now: in somebody’s bag until"
            in page
        )

    assert Hold.objects.get().held_by == "bag of bob"


def piece_page(shop: Client, piece: Piece) -> str:
    return shop.get(reverse("admin:store_piece_change", args=[piece.pk])).content.decode()


def test_a_held_piece_leads_to_its_hold(shop: Client) -> None:
    hold = held()

    page = piece_page(shop, hold)

    assert page_of(hold) in page
    assert "See the hold" in page
    assert reserve_page(hold) not in page


def test_a_free_piece_is_reserved_from_its_page(shop: Client, clock: Item) -> None:
    piece = clock.pieces.get()

    page = piece_page(shop, piece)

    assert reserve_page(piece) in page
    assert page_of(piece) not in page
    assert "/admin/store/piece/?state=available" in shop.get(HOLDS).content.decode()


@pytest.mark.parametrize("page", ["admin:bag_hold_changelist", "admin:store_piece_changelist"])
def test_the_key_of_a_hold_cannot_be_guessed_letter_by_letter(
    client: Client, clock: Item, sam: User, page: str
) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")
    client.force_login(sam)

    for lookup in ("held_by", "held_by__startswith"):
        assert client.get(reverse(page), {lookup: "al"}).status_code == 400


@pytest.mark.parametrize("customer", ["x", "\0", "9" * 30])
def test_a_customer_that_is_none_is_refused(
    client: Client, clock: Item, sam: User, customer: str
) -> None:
    client.force_login(sam)
    address = reverse("admin:bag_hold_reserve", args=[clock.pieces.get().pk])

    assert client.post(address, {"customer": customer, "reason": "x"}).status_code == 200


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_hold_of_another_age_was_never_seen(client: Client, sam: User, year: str) -> None:
    client.force_login(sam)
    seen = {"holds": f"1 {year}-01-01T00:00:00+00:00", "reason": "x"}

    assert client.post(reverse("admin:bag_hold_release"), seen).status_code < 400


def test_an_end_is_proposed_for_a_reservation(shop: Client, clock: Item) -> None:
    page = shop.get(reverse("admin:bag_hold_reserve", args=[clock.pieces.get().pk]))

    day = timezone.localdate() + timedelta(days=2)
    assert f'value="{day:%Y-%m-%d}T18:00"' in page.content.decode()


def test_staff_are_asked_before_a_stranger_gets_a_reservation(shop: Client, clock: Item) -> None:
    stranger = make_user("walt@example.com", name="Mallory Wins", email_checked_at=None)
    piece = clock.pieces.get()
    sent = {"customer": stranger.pk, "until": typed(timezone.now() + DAY), "reason": "By phone"}
    page = shop.post(reserve_page(piece), sent)

    assert set(page.context["form"].errors) == {"for_unchecked"}
    assert "“Mallory Wins”" in page.text
    assert "By phone" in page.text
    assert not Hold.objects.held().exists()
    shop.post(reserve_page(piece), {**sent, "for_unchecked": "on"})
    assert Hold.objects.held().get().held_for == stranger


def test_customers_of_one_name_are_told_apart(shop: Client, clock: Item) -> None:
    make_user("ann@example.com", name="Ann Lee")
    other = make_user("", name="Ann Lee")
    Customer.objects.filter(user=other).update(phone="030 555777")
    field = {"app_label": "store", "model_name": "piece", "field_name": "held_for"}
    offered = shop.get(reverse("admin:autocomplete"), {**field, "term": "lee"}).json()["results"]

    told = {"Ann Lee · ann@example.com", "Ann Lee · 030 555777"}
    assert {each["text"] for each in offered} == told
    page = shop.get(reserve_page(clock.pieces.get()), {"customer": other.pk})
    assert "Ann Lee · 030 555777</option>" in page.text
