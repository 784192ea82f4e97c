import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from store.images import add_image
from store.models import Category, Item, Order, Piece, ShopProfile
from store.tests.factories import make_category, make_item
from store.tests.pictures import picture_bytes, upload

ITEMS = "admin:store_item_changelist"
PIECES = "admin:store_piece_changelist"


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def shop(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def item_data(category: Category, **fields: Any) -> dict[str, Any]:
    """What the item form sends, with one empty row for a picture."""
    return {
        "title": "Grand-mère's clock",
        "category": category.pk,
        "condition": "good",
        "price": "80.00",
        "tax_scheme": "standard",
        "published": "on",
        "quantity": "1",
        "images-TOTAL_FORMS": "1",
        "images-INITIAL_FORMS": "0",
        "images-0-position": "",
        "images-0-alt_text": "",
        **fields,
    }


def change_data(item: Item, **fields: Any) -> dict[str, Any]:
    """What the form of an existing item sends when nothing was changed in it."""
    data = item_data(item.category, title=item.title, slug=item.slug, price=item.price, quantity="")
    pictures, pieces = list(item.images.all()), list(item.pieces.all())
    data |= {"images-TOTAL_FORMS": len(pictures) + 1, "images-INITIAL_FORMS": len(pictures)}
    data |= {"pieces-TOTAL_FORMS": len(pieces), "pieces-INITIAL_FORMS": len(pieces)}
    for n, picture in enumerate(pictures):
        data |= {f"images-{n}-id": picture.pk, f"images-{n}-alt_text": picture.alt_text}
        data[f"images-{n}-position"] = picture.position
    for n, piece in enumerate(pieces):
        data |= {f"pieces-{n}-id": piece.pk, f"pieces-{n}-stock_number": piece.stock_number}
    return {**data, **fields}


def change(client: Client, item: Item, **fields: Any) -> Any:
    address = reverse("admin:store_item_change", args=[item.pk])
    return client.post(address, change_data(item, **fields), follow=True)


def hold(piece: Piece, minutes: int = 15) -> None:
    until = Now() + timedelta(minutes=minutes)
    Piece.objects.filter(pk=piece.pk).update(held_by="bag", held_since=Now(), held_until=until)


def order(piece: Piece, number: int = 1) -> Order:
    placed = Order.objects.create(pay_by=timezone.now(), bag_key="b", bag_round=number)
    Piece.objects.filter(pk=piece.pk).update(order=placed)
    return placed


def act(client: Client, address: str, action: str, *rows: Any, **data: Any) -> Any:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **data}
    return client.post(reverse(address), chosen, follow=True)


# --- A new item -------------------------------------------------------------


def test_an_item_comes_with_its_pieces_and_a_picture_in_one_form(shop: Client) -> None:
    data = item_data(make_category(), quantity="3", first_number="U7")
    data |= {"images-0-alt_text": "The clock", "images-0-picture": upload()}

    response = shop.post(reverse("admin:store_item_add"), data, follow=True)

    item = Item.objects.get()
    assert [piece.stock_number for piece in item.pieces.all()] == ["U7", "U7-2", "U7-3"]
    assert item.slug == "grand-meres-clock"
    assert item.images.get().alt_text == "The clock"
    assert "u7" in item.search_text
    assert "3 pieces were added: U7 … U7-3" in response.content.decode()


def test_numbers_and_addresses_are_made_when_left_empty(shop: Client) -> None:
    for _ in range(2):
        shop.post(reverse("admin:store_item_add"), item_data(make_category(), quantity="2"))

    newer, older = Item.objects.all()
    assert (older.slug, newer.slug) == ("grand-meres-clock", "grand-meres-clock-2")
    numbers = [piece.stock_number for piece in newer.pieces.all()]
    assert numbers == [f"S{newer.pk:05}", f"S{newer.pk:05}-2"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"quantity": "201"}, "less than or equal to 200"),
        ({"quantity": "many"}, "Enter a whole number"),
        ({"first_number": "taken"}, "There is a piece with this stock number already"),
        ({"first_number": "x" * 97}, "at most 96 characters"),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"title": ""}, "This field is required"),
        ({"images-0-alt_text": "A clock"}, "This field is required"),
    ],
)
def test_bad_input_gets_a_message_and_loses_nothing(
    shop: Client, fields: dict[str, str], message: str
) -> None:
    Piece.objects.filter(item=make_item()).update(stock_number="taken")
    data = item_data(make_category(), maker="Typed by hand", **fields)

    page = shop.post(reverse("admin:store_item_add"), data).content.decode()

    assert message in page
    assert "Typed by hand" in page
    assert Item.objects.count() == 1


def test_a_refused_picture_is_told_beside_its_field(shop: Client) -> None:
    data = item_data(make_category(), maker="Typed by hand")
    data |= {"images-0-alt_text": "The clock", "images-0-picture": upload(b"<svg/>")}

    response = shop.post(reverse("admin:store_item_add"), data)

    (form,) = response.context["inline_admin_formsets"][0].formset.forms
    assert form.errors == {"picture": ["This is not a JPEG, PNG or WebP picture."]}
    assert "Typed by hand" in response.content.decode()
    assert not Item.objects.exists()


def test_a_picture_needs_a_description(shop: Client) -> None:
    data = item_data(make_category()) | {"images-0-picture": upload()}
    response = shop.post(reverse("admin:store_item_add"), data)
    (form,) = response.context["inline_admin_formsets"][0].formset.forms
    assert list(form.errors) == ["alt_text"]


# --- An existing item -------------------------------------------------------


def test_saving_an_item_keeps_a_hold_made_meanwhile(shop: Client, clock: Item) -> None:
    data = change_data(clock, **{"pieces-0-serial_number": "No. 5", "price": "99.00"})
    hold(clock.pieces.get())

    shop.post(reverse("admin:store_item_change", args=[clock.pk]), data)

    piece = Piece.objects.held_by("bag").get()
    assert piece.serial_number == "No. 5"
    assert Item.objects.get().price == Decimal("99.00")


def test_a_piece_writes_only_what_was_changed(shop: Client, clock: Item) -> None:
    # A shopper takes the piece between the form's reading of the row and its writing.
    from store.admin.pieces import PieceForm

    piece = clock.pieces.get()
    form = PieceForm({"stock_number": "new"}, instance=piece)
    assert form.is_valid()
    hold(piece)
    form.save()
    assert Piece.objects.held_by("bag").get().stock_number == "new"


def test_more_pieces_go_on_from_the_first(shop: Client, clock: Item) -> None:
    first = clock.pieces.get().stock_number
    change(shop, clock, quantity="2")
    numbers = [piece.stock_number for piece in clock.pieces.all()]
    assert numbers == [first, f"{first}-2", f"{first}-3"]


def test_pictures_are_put_in_order_by_number(shop: Client, clock: Item) -> None:
    for n, name in enumerate(("front", "back", "dial")):
        add_image(item=clock, file=upload(), alt_text=name, position=n)

    order = {"images-0-position": "3", "images-1-position": "", "images-2-position": "1"}
    change(shop, clock, **order)

    assert [image.alt_text for image in clock.images.all()] == ["dial", "front", "back"]


def test_a_new_picture_comes_last(shop: Client, clock: Item) -> None:
    add_image(item=clock, file=upload(), alt_text="front", position=4)
    change(shop, clock, **{"images-1-picture": upload(), "images-1-alt_text": "back"})
    assert [image.alt_text for image in clock.images.all()] == ["front", "back"]


@pytest.mark.django_db(transaction=True)
def test_a_picture_can_be_replaced_and_deleted(shop: Client, clock: Item, tmp_path: Path) -> None:
    image = add_image(item=clock, file=upload(), alt_text="front")
    change(shop, clock, **{"images-0-picture": upload(picture_bytes((90, 90)))})
    replaced = clock.images.get()
    assert (replaced.pk, replaced.width) == (image.pk, 90)
    assert replaced.image.name != image.image.name
    assert len(list(tmp_path.rglob("*.webp"))) == 3

    change(shop, clock, **{"images-0-DELETE": "on"})
    assert not clock.images.exists()
    assert not list(tmp_path.rglob("*.webp"))


@pytest.mark.parametrize("fate", [hold, order])
def test_a_piece_in_use_cannot_be_deleted_in_the_items_form(
    shop: Client, clock: Item, fate: Any
) -> None:
    fate(clock.pieces.get())
    response = change(shop, clock, **{"pieces-0-DELETE": "on"})
    assert "cannot be deleted, because they are in use" in response.content.decode()
    assert clock.pieces.exists()


def test_a_free_piece_can_be_deleted_in_the_items_form(shop: Client, clock: Item) -> None:
    change(shop, clock, **{"pieces-0-DELETE": "on"})
    assert not clock.pieces.exists()


def test_hold_and_fate_are_in_no_form(shop: Client, clock: Item) -> None:
    hold(clock.pieces.get())
    own = {"held_by", "held_since", "held_until", "order", "sold_at", "withdrawn_at", "state"}
    for address, pk in (("item", clock.pk), ("piece", clock.pieces.get().pk)):
        page = shop.get(reverse(f"admin:store_{address}_change", args=[pk]))
        text = page.content.decode()
        names = {name.rpartition("-")[2] for name in re.findall('name="([^"]+)"', text)}
        assert not names & own
        assert "held until" in text


def test_an_item_of_many_pieces_leads_to_their_list(shop: Client) -> None:
    item = make_item(pieces=26)
    page = shop.get(reverse("admin:store_item_change", args=[item.pk])).content.decode()
    assert 'name="pieces-0-stock_number"' not in page
    assert f"?item__id__exact={item.pk}&amp;state=free" in page


def test_what_is_taken_between_check_and_write_is_told_in_the_form(
    shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store.admin import catalogue

    written = catalogue.add_pieces

    def after_somebody_else(**kwargs: Any) -> Any:
        monkeypatch.setattr(catalogue, "add_pieces", written)
        Piece.objects.bulk_create([Piece(item=kwargs["item"], stock_number="U7")] * 2)

    monkeypatch.setattr(catalogue, "add_pieces", after_somebody_else)
    data = item_data(make_category(), first_number="U7")
    shop.post(reverse("admin:store_item_add"), data)
    assert Item.objects.get().pieces.get().stock_number == "U7"


# --- The list ---------------------------------------------------------------


def test_the_list_of_items_counts_pieces_by_state(shop: Client) -> None:
    item = make_item(pieces=4)
    _free, held, ordered, sold = item.pieces.all()
    hold(held)
    order(ordered)
    Piece.objects.filter(pk=sold.pk).update(sold_at=Now())
    page = shop.get(reverse(ITEMS)).content.decode()
    for count in ("1 free", "1 held", "1 ordered", "1 sold"):
        assert f">{count}<" in page


def test_a_lapsed_hold_counts_as_free(shop: Client, clock: Item) -> None:
    Piece.objects.update(held_by="bag", held_since=Now() - timedelta(hours=1), held_until=Now())
    assert ">1 free<" in shop.get(reverse(ITEMS)).content.decode()


def test_a_hundred_items_cost_ten_queries(
    shop: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(100):
        make_item(pieces=2, category=make_category(f"Kind {n % 3}"))
    add_image(item=Item.objects.all()[0], file=upload(), alt_text="front")
    shop.get(reverse(ITEMS))
    with django_assert_max_num_queries(10):
        assert shop.get(reverse(ITEMS)).content.count(b"2 free") == 100


def test_a_hundred_pieces_cost_eight_queries(
    shop: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order(make_item(pieces=100).pieces.all()[0])
    with django_assert_max_num_queries(8):
        page = shop.get(reverse(PIECES)).content.decode()
    assert page.count("state--free") == 99


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Clock", "Violin"}),
        ("?q=creche", {"Clock"}),
        ("?q=v77", {"Violin"}),
        ("?state=held", {"Violin"}),
        ("?state=free", {"Clock"}),
        ("?state=nonsense", {"Clock", "Violin"}),
        ("?published__exact=0", {"Violin"}),
        ("?condition__exact=mint", {"Clock"}),
    ],
)
def test_items_are_found_by_words_and_filters(shop: Client, query: str, found: set[str]) -> None:
    make_item(title="Clock", maker="Crèche", condition="mint")
    violin = make_item(title="Violin", published=False)
    hold(violin.pieces.get())
    piece = violin.pieces.get()
    piece.stock_number = "V77"
    piece.save()

    listed = shop.get(reverse(ITEMS) + query).context["cl"].result_list

    assert {item.title for item in listed} == found


def test_price_and_published_are_changed_in_the_list(shop: Client, clock: Item) -> None:
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": clock.pk,
        "form-0-price": "55.50",
        "_save": "Save",
    }
    shop.post(reverse(ITEMS), data)
    clock.refresh_from_db()
    assert (clock.price, clock.published) == (Decimal("55.50"), False)
    assert clock.search_text


def test_items_are_unpublished_and_published(shop: Client, clock: Item) -> None:
    hold(clock.pieces.get())
    page = act(shop, ITEMS, "unpublish", clock).content.decode()
    assert not Item.objects.get().published
    assert "1 piece is in a bag and may still be ordered" in page
    act(shop, ITEMS, "publish", clock)
    assert Item.objects.get().published


# --- Pieces -----------------------------------------------------------------


def test_only_free_pieces_are_withdrawn_and_the_others_named(shop: Client) -> None:
    free, held, ordered = make_item(pieces=3).pieces.all()
    hold(held)
    placed = order(ordered)

    page = act(shop, PIECES, "withdraw", free, held, ordered).content.decode()

    assert [piece for piece in Piece.objects.with_state() if piece.state == "withdrawn"] == [free]
    assert "1 piece was withdrawn." in page
    assert f"2 were not: {held} (held until" in page
    assert f"{ordered} (ordered as {placed.reference})" in page


def test_withdrawn_pieces_are_put_back(shop: Client, clock: Item) -> None:
    act(shop, PIECES, "withdraw", clock.pieces.get())
    assert (
        "1 piece is on sale again."
        in act(shop, PIECES, "put_back", clock.pieces.get()).content.decode()
    )
    assert clock.pieces.free().exists()


def test_the_list_of_pieces_links_to_orders_and_filters_by_state(shop: Client) -> None:
    _free, ordered = make_item(pieces=2).pieces.all()
    placed = order(ordered)
    page = shop.get(reverse(PIECES) + "?state=ordered")
    assert list(page.context["cl"].result_list) == [ordered]
    assert reverse("admin:store_order_change", args=[placed.pk]) in page.content.decode()


def test_a_piece_is_added_and_changed_by_itself(shop: Client, clock: Item) -> None:
    data = {"item": clock.pk, "stock_number": "extra"}
    shop.post(reverse("admin:store_piece_add"), data)
    piece = clock.pieces.get(stock_number="extra")
    other = make_item()
    address = reverse("admin:store_piece_change", args=[piece.pk])
    shop.post(address, {"item": other.pk, "stock_number": "extra", "serial_number": "9"})
    piece.refresh_from_db()
    assert (piece.item, piece.serial_number) == (clock, "9")


# --- Deleting ---------------------------------------------------------------


def cancelled(piece: Piece) -> None:
    placed = order(piece)
    placed.lines.create(piece=piece, title="Clock", price=1, shipping=0)
    Piece.objects.filter(pk=piece.pk).update(order=None)


def sell(piece: Piece) -> None:
    Piece.objects.filter(pk=piece.pk).update(sold_at=Now())


@pytest.mark.parametrize("fate", [hold, order, cancelled, sell])
def test_what_was_ever_in_use_is_never_deleted(shop: Client, clock: Item, fate: Any) -> None:
    piece = clock.pieces.get()
    fate(piece)
    for model, row in (("item", clock), ("piece", piece)):
        address = reverse(f"admin:store_{model}_delete", args=[row.pk])
        assert piece.stock_number in shop.get(address).content.decode()
        assert shop.post(address, {"post": "yes"}).status_code in {200, 403}
        act(shop, f"admin:store_{model}_changelist", "delete_selected", row, post="yes")
    assert clock.pieces.get() == piece


def test_unpublishing_is_offered_instead_of_deleting(shop: Client, clock: Item) -> None:
    hold(clock.pieces.get())
    page = shop.get(reverse("admin:store_item_delete", args=[clock.pk])).content.decode()
    assert "You can take it out of the shop instead" in page
    assert f'name="_selected_action" value="{clock.pk}"' in page
    page = act(shop, ITEMS, "delete_selected", clock).content.decode()
    assert "You can take it out of the shop instead" in page


@pytest.mark.parametrize("many", [False, True])
def test_an_item_that_was_never_in_use_goes_with_its_pieces(
    shop: Client, clock: Item, *, many: bool
) -> None:
    if many:
        act(shop, ITEMS, "delete_selected", clock, post="yes")
    else:
        shop.post(reverse("admin:store_item_delete", args=[clock.pk]), {"post": "yes"})
    assert not Item.objects.exists()
    assert not Piece.objects.exists()


def test_a_category_with_items_is_not_deleted(shop: Client, clock: Item) -> None:
    address = reverse("admin:store_category_delete", args=[clock.category.pk])
    shop.post(address, {"post": "yes"})
    assert Category.objects.exists()


# --- Who may what -----------------------------------------------------------

PAGES = [
    "category_changelist",
    "item_changelist",
    "item_add",
    "piece_changelist",
    "piece_add",
    "shopprofile_changelist",
]


@pytest.mark.parametrize("page", PAGES)
def test_customers_and_visitors_see_no_admin(client: Client, alice: User, page: str) -> None:
    address = reverse(f"admin:store_{page}")
    for _ in range(2):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("admin:login"))
        client.force_login(alice)


def test_the_workshop_looks_and_changes_nothing(client: Client, wren: User, clock: Item) -> None:
    client.force_login(wren)
    add_image(item=clock, file=upload(), alt_text="front")
    piece = clock.pieces.get()
    address = reverse("admin:store_item_change", args=[clock.pk])

    page = client.get(address).content.decode()

    assert 'name="title"' not in page
    assert 'name="quantity"' not in page
    assert piece.stock_number in page
    assert client.get(reverse("admin:store_piece_change", args=[piece.pk])).status_code == 200
    assert b'value="withdraw"' not in client.get(reverse(PIECES)).content
    assert client.post(address, change_data(clock, title="Mine")).status_code == 403
    for row, model in ((clock, "item"), (piece, "piece")):
        delete = reverse(f"admin:store_{model}_delete", args=[row.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
        act(client, f"admin:store_{model}_changelist", "delete_selected", row, post="yes")
    act(client, PIECES, "withdraw", piece)
    act(client, ITEMS, "unpublish", clock)
    assert client.get(reverse("admin:store_item_add")).status_code == 403
    assert clock.pieces.free().exists()
    assert Item.objects.get().published


def test_the_shops_profile_is_read_by_staff_and_changed_by_managers(
    shop: Client, admin_client: Client
) -> None:
    address = reverse("admin:store_shopprofile_changelist")
    assert shop.get(address).status_code == 200
    assert shop.post(address, {"name": "Mine"}).status_code == 403
    data = {"name": "Ours", "tagline": "Things", "days_to_pay": "5"}
    assert admin_client.post(address, data).status_code == 302
    assert ShopProfile.objects.get().name == "Ours"


def test_categories_are_ordered_by_number(shop: Client) -> None:
    make_category("Clocks")
    violins = make_category("Violins")
    rows = list(Category.objects.all())
    data: dict[str, Any] = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    for n, row in enumerate(rows):
        data |= {f"form-{n}-id": row.pk, f"form-{n}-position": 1 if row == violins else 2}
    shop.post(reverse("admin:store_category_changelist"), data)
    assert Category.objects.all()[0] == violins


def test_no_page_of_the_admin_needs_inline_code(shop: Client, clock: Item) -> None:
    add_image(item=clock, file=upload(), alt_text="front")
    hold(clock.pieces.get())
    paths = [reverse(ITEMS), reverse(PIECES), reverse("admin:store_item_add")]
    paths += [reverse("admin:store_item_change", args=[clock.pk])]
    paths += [reverse("admin:store_item_delete", args=[clock.pk])]
    for path in paths:
        page = shop.get(path).content.decode()
        assert not [bad for bad in ('style="', "<style", "<script>", "onclick=") if bad in page]
