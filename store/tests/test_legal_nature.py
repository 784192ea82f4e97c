"""As what a thing is sold decides its words and its tax."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from store.models import Item, Piece, PieceEvent, ShopProfile
from store.tests.admin_steps import ITEMS, act, change, item_data, order, sell
from store.tests.csv_files import load, own_csv, reasons
from store.tests.factories import make_category, make_item

MARGIN: dict[str, Any] = {"tax_scheme": "margin"}
WITH_TAX = "What was bought with a tax shown"
REMINDS = "the front desk then reminds you"


def page_of(client: Client, **fields: Any) -> str:
    return client.get(make_item(**fields).get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "incl. VAT, plus shipping: €9.90"),
        ({"tax_scheme": "reduced", "shipping": None}, "incl. VAT</p>"),
        ({"tax_scheme": "zero"}, "no VAT is charged"),
        (MARGIN, "Margin scheme – second-hand goods: VAT is in the price"),
        ({**MARGIN, "nature": "art"}, "Margin scheme – works of art: VAT is in the price"),
        ({**MARGIN, "nature": "antique"}, "collector’s items and antiques: VAT is in the price"),
    ],
)
def test_the_price_says_its_tax_and_shipping(
    client: Client, db: None, fields: dict[str, Any], words: str
) -> None:
    assert words in page_of(client, **fields)


def test_the_label_says_as_what_it_is_sold_and_when_it_comes(client: Client, db: None) -> None:
    page = page_of(client, nature="for_repair")

    assert "for repair: not fit for use before" in page
    assert "DamagedCondition" in page
    assert "with you within 13 days of your payment; ready to collect within 3 days" in page
    collected = page_of(client, shipping=None)
    assert "<dt>Ready to collect</dt><dd>within 3 days</dd>" in collected
    assert "Time of delivery" not in collected


def add(shop: Client, **fields: Any) -> Any:
    category = make_category("Found", nature="used", tax_scheme="margin")
    data = item_data(category, tax_scheme="", **fields)
    return shop.post(reverse("admin:store_item_add"), data)


def test_a_new_thing_is_what_its_category_says(shop: Client) -> None:
    add(shop, purchase_price="40")

    item = Item.objects.get()
    assert (item.nature, item.tax_scheme) == ("used", "margin")
    assert item.pieces.get().purchase_price == 40


def test_without_its_price_it_is_published_on_purpose_only(shop: Client) -> None:
    assert REMINDS in add(shop).content.decode()
    assert not Item.objects.exists()

    add(shop, without_price="on")

    assert Item.objects.get().published
    assert Piece.objects.lacking_price().count() == 1


def test_lists_leave_it_unpublished(shop: Client) -> None:
    dear, other = make_item(published=False, **MARGIN), make_item(published=False)

    page = act(shop, ITEMS, "publish", dear, other).content.decode()
    assert f"or a paper, is missing: {dear.title}" in page
    together = {"apply": "yes", "published": "yes"}
    act(shop, ITEMS, "change_together", dear, other, **together)

    assert set(Item.objects.filter(published=True)) == {other}


def test_by_the_margin_scheme_goes_nothing_bought_with_tax(shop: Client) -> None:
    new, taxed = make_item(nature="new"), make_item()
    taxed.pieces.update(purchase_tax="shown")

    assert "What is new" in change(shop, new, nature="new", **MARGIN).content.decode()
    assert WITH_TAX in change(shop, taxed, **MARGIN).content.decode()
    look = {"look": "yes", **MARGIN}
    page = act(shop, ITEMS, "change_together", new, taxed, **look).content.decode()
    assert "2 may not be sold by the margin scheme" in page
    act(shop, ITEMS, "change_together", new, taxed, **{**look, "apply": "yes"})

    assert not Item.objects.filter(**MARGIN).exists()


def save_piece(shop: Client, piece: Piece, **fields: Any) -> str:
    address = reverse("admin:store_piece_change", args=[piece.pk])
    data = {"stock_number": piece.stock_number, "purchase_price": piece.purchase_price or ""}
    return str(shop.post(address, {**data, **fields}, follow=True).content.decode())


def test_a_piece_of_it_was_not_bought_with_tax(shop: Client) -> None:
    piece = make_item(**MARGIN).pieces.get()

    assert WITH_TAX in save_piece(shop, piece, purchase_tax="reduced")
    save_piece(shop, piece, purchase_tax="none")

    piece.refresh_from_db()
    assert piece.purchase_tax == "none"


def test_what_a_sold_piece_cost_is_corrected_with_a_reason(shop: Client) -> None:
    piece = make_item().pieces.get()
    Piece.objects.update(purchase_price=Decimal(70))
    order(piece)
    sell(piece)

    assert "please say why" in save_piece(shop, piece, purchase_price="80")
    save_piece(shop, piece, purchase_price="80", correction="Two receipts")

    piece.refresh_from_db()
    event = PieceEvent.objects.get(kind="corrected")
    assert piece.purchase_price == 80
    assert event.note == "€70.00, now €80.00: Two receipts"
    assert event.actor is not None


def test_beside_its_item_a_sold_piece_keeps_what_it_cost(shop: Client) -> None:
    item = make_item()
    sell(item.pieces.get())

    page = change(shop, item, **{"pieces-0-purchase_price": "80"}).content.decode()

    assert "It is sold: change this on the piece’s own page" in page
    assert item.pieces.get().purchase_price is None


def test_pieces_without_a_price_are_listed_for_who_writes_them_down(shop: Client) -> None:
    lacking = make_item(**MARGIN).pieces.get()
    known = make_item(**MARGIN).pieces.get()
    Piece.objects.filter(pk=known.pk).update(purchase_price=1)
    make_item()

    page = shop.get(reverse("admin:store_piece_changelist") + "?purchase=lacking")

    assert list(page.context["cl"].queryset) == [lacking]


def test_an_import_takes_the_scheme_of_the_category(db: None) -> None:
    make_category("Found", nature="used", tax_scheme="margin")

    report = load(own_csv({"category": "Found"}))

    assert Item.objects.values_list("nature", "tax_scheme").get() == ("used", "margin")
    assert "1 row of the margin scheme does not say what the thing cost" in report.notes[0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"nature": "new"}, "Line 2: What is new is not sold by the margin scheme."),
        ({"purchase_tax": "shown"}, f"Line 2: {WITH_TAX}"),
    ],
)
def test_an_import_is_refused_what_the_law_refuses(
    db: None, row: dict[str, str], reason: str
) -> None:
    columns = [*["stock_number", "title", "category", "condition", "price", "tax_scheme"], *row]

    report = load(own_csv({**MARGIN, **row}, columns=columns))

    assert reasons(report)[0].startswith(reason)
    assert not Item.objects.exists()


def test_the_own_words_for_the_margin_scheme_are_shown(client: Client, db: None) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"margin_note_art": "Kunst/Sonderregelung"})

    assert "Kunst/Sonderregelung: VAT is in" in page_of(client, nature="art", **MARGIN)
