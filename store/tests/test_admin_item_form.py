import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse

from store.admin.piece_forms import PieceForm
from store.models import Item, ItemImage, Piece
from store.pictures.images import add_image
from store.tests.admin_steps import (
    change,
    change_data,
    hold,
    item_data,
    order,
)
from store.tests.factories import make_category, make_item
from store.tests.pictures import picture_bytes, upload

pytestmark = pytest.mark.usefixtures("media")


# --- A new item --------------------------------------------------------------


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


@pytest.fixture
def no_room(settings: Any, tmp_path: Path) -> None:
    """Pictures would go into a folder where none can be: its name is that of a file."""
    (tmp_path / "file").touch()
    place = {"OPTIONS": {"location": tmp_path / "file"}}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], **place},
    }


@pytest.mark.usefixtures("no_room")
def test_without_room_for_its_picture_an_item_is_saved_and_the_picture_named(shop: Client) -> None:
    data = item_data(make_category(), quantity="3")
    data |= {"images-0-alt_text": "The clock", "images-0-picture": upload()}

    page = shop.post(reverse("admin:store_item_add"), data, follow=True).content.decode()

    item = Item.objects.get()
    assert (item.pieces.count(), item.images.count()) == (3, 0)
    assert "The picture “clock.jpg” was not taken: It could not be stored just now." in page


def test_without_room_for_a_new_picture_the_old_one_stays(
    shop: Client, request: pytest.FixtureRequest
) -> None:
    item = make_item()
    old = add_image(item=item, file=upload(), alt_text="Before")
    request.getfixturevalue("no_room")

    change(shop, item, **{"images-0-picture": upload(), "images-0-alt_text": "After"})

    image = item.images.get()
    assert (image.image.name, image.alt_text) == (old.image.name, "After")


def test_a_refused_picture_is_told_beside_its_field(shop: Client) -> None:
    data = item_data(make_category(), maker="Typed by hand")
    data |= {"images-0-alt_text": "The clock", "images-0-picture": upload(b"<svg/>")}

    response = shop.post(reverse("admin:store_item_add"), data)

    (form,) = response.context["inline_admin_formsets"][0].formset.forms
    assert form.errors == {"picture": ["This is not a JPEG, PNG or WebP picture."]}
    assert "Typed by hand" in response.content.decode()
    assert not Item.objects.exists()


# --- An existing item --------------------------------------------------------


def test_saving_an_item_keeps_a_hold_made_meanwhile(shop: Client, clock: Item) -> None:
    data = change_data(clock, **{"pieces-0-serial_number": "No. 5", "price": "99.00"})
    hold(clock.pieces.get())

    shop.post(reverse("admin:store_item_change", args=[clock.pk]), data)

    piece = Piece.objects.held_by("bag").get()
    assert piece.serial_number == "No. 5"
    assert Item.objects.get().price == Decimal("99.00")


def test_a_piece_writes_only_what_was_changed(shop: Client, clock: Item) -> None:
    # A shopper takes the piece between the form's reading of the row and its writing.
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
        assert "in somebody’s bag until" in text


def test_an_item_of_many_pieces_leads_to_their_list(shop: Client) -> None:
    item = make_item(pieces=26)
    page = shop.get(reverse("admin:store_item_change", args=[item.pk])).content.decode()
    assert 'name="pieces-0-stock_number"' not in page
    assert f"?item__id__exact={item.pk}&amp;state=available" in page


def test_an_address_taken_since_it_was_checked_is_made_anew(shop: Client) -> None:
    def somebody_else(instance: Item, **kwargs: Any) -> None:
        pre_save.disconnect(somebody_else, sender=Item)
        same = {"slug": instance.slug, "category": instance.category, "price": 1}
        Item.objects.bulk_create([Item(title="Another", **same)])

    pre_save.connect(somebody_else, sender=Item)
    response = shop.post(reverse("admin:store_item_add"), item_data(make_category()))

    # The other item went with the transaction in which it was made.
    assert response.status_code == 302
    assert Item.objects.get().pieces.count() == 1


def test_unpublishing_in_the_form_tells_of_holds(shop: Client, clock: Item) -> None:
    hold(clock.pieces.get())
    data = change_data(clock)
    del data["published"]
    page = shop.post(reverse("admin:store_item_change", args=[clock.pk]), data, follow=True)
    assert "1 piece is in a bag and may still be ordered" in page.content.decode()
    assert Piece.objects.held_by("bag").exists()


# --- Many photos at once -------------------------------------------------------


def test_many_photos_are_added_in_one_choice_and_described_later(shop: Client) -> None:
    photos = [upload(), upload()]

    shop.post(reverse("admin:store_item_add"), item_data(make_category(), photos=photos))

    item = Item.objects.get()
    assert [image.position for image in item.images.all()] == [1, 2]
    assert {image.alt_text for image in item.images.all()} == {item.title}
    assert [*Item.objects.to_be_described()] == [item]
    shop.post(
        reverse("admin:store_item_change", args=[item.pk]),
        change_data(item, **{"images-0-alt_text": "From the front", "images-1-alt_text": ""}),
    )
    assert [image.is_described for image in item.images.all()] == [True, False]


def test_no_photo_is_lost_by_an_error(shop: Client) -> None:
    data = item_data(make_category(), title="", photos=[upload(), upload(b"No picture", "no.txt")])
    page = shop.post(reverse("admin:store_item_add"), data).content.decode()
    assert "1 photo is kept from before" in page
    assert "“no.txt” was not taken" in page
    assert Item.objects.count() == ItemImage.objects.count() == 0
    found = re.search(r'name="kept_photos" value="([^"]+)"', page)
    assert found
    again = item_data(make_category(), kept_photos=found[1])

    shop.post(reverse("admin:store_item_add"), again)

    image = ItemImage.objects.get()
    assert image.image.storage.exists(str(image.image.name))
    # Somebody goes back and sends it once more.
    shop.post(reverse("admin:store_item_add"), again)
    assert ItemImage.objects.count() == 1
    forged = item_data(make_category(), kept_photos=found[1] + "x")
    shop.post(reverse("admin:store_item_add"), forged)
    assert ItemImage.objects.count() == 1


def test_categories_are_offered_in_their_order(admin_client: Client) -> None:
    """Without a script, too."""
    for position, name in [(2, "Watches"), (1, "Clocks"), (2, "Bells")]:
        make_category(name, position=position)
    page = admin_client.get(reverse("admin:store_item_add")).text

    [chosen] = re.findall(r'(?s)<select name="category".*?</select>', page)
    assert re.findall(r'<option value="\d+">(.*?)</option>', chosen) == [
        "Clocks",
        "Bells",
        "Watches",
    ]
