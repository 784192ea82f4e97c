"""Words in any form, in parts and spellings: the same on both databases."""

import pytest

from store.models import Item
from store.search.indexing import WRITTEN_BY, index_text
from store.services import index_outdated
from store.tests.factories import make_category, make_item
from store.tests.test_search import found, short_name

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

# By their slugs: title, maker, materials, stock number.
THINGS = {
    "lathe": ("Clockmaker’s lathe", "", "brass", "S-001"),
    "press": ("T-shirt press", "", "iron", "S-002"),
    "desk": ("Écritoire d'artiste", "", "walnut", "AB/12-7 X"),
    "box": ("Schmuckkästchen", "", "Nußbaum", "00471"),
    "telescope": ("古い真鍮の望遠鏡", "", "真鍮", "S-006"),
    "clock": ("Küchenuhr", "Müller & Söhne", "Blech", "S-007"),
    "lamp": ("Żarówka 60W 🔦 lamp", "", "glass", "S-008"),
    "ring": ("14ct gold ring 1.5mm", "", "gold", "S-011"),
    "amplifier": ("Hi-Fi amplifier 2x30W", "", "steel", "S-012"),
    "violin": ("Violin after Jacob Stainer", "", "spruce", "S-020"),
    "teapot": ("Teapot with blue flowers", "Meissen", "porcelain", "S-021"),
    "case": ("Long case for two knives", "", "", "S-022"),
    "chair": ("Armchair", "", "", "S-023"),
    "wardrobe": ("Kleiderschrank", "", "", "S-024"),
    "table": ("Guéridons jumeaux", "", "", "S-025"),
}
FOUND = [
    ("violins", {"violin"}),
    ("teapots", {"teapot"}),
    ("tea pots", {"teapot"}),
    ("tea-pot", {"teapot"}),
    ("tshirt", {"press"}),
    ("t shirts", {"press"}),
    ("hifi", {"amplifier"}),
    ("hi-fi", {"amplifier"}),
    ("clockmakers", {"lathe"}),
    ("kuechenuhr", {"clock"}),
    ("Küchenuhren", {"clock"}),
    ("mueller soehne", {"clock"}),
    ("uhr", {"clock"}),
    ("Uhren", {"clock"}),
    ("nussbaum", {"box"}),
    ("Nußbaum", {"box"}),
    ("kaestchen", {"box"}),
    ("望遠鏡", {"telescope"}),
    ("真鍮の", {"telescope"}),
    ("望鏡", set()),
    ("s001", {"lathe"}),
    ("ab127x", {"desk"}),
    ("ab12-7", {"desk"}),
    ("471", {"box"}),
    ("14 ct", {"ring"}),
    ("14ct", {"ring"}),
    ("1.5 mm", {"ring"}),
    ("🔦", {"lamp"}),
    ("knife", {"case"}),
    ("longcase", {"case"}),
    ("chair", {"chair"}),
    ("chairs", {"chair"}),
    ("Schränke", {"wardrobe"}),
    ("guéridon jumeau", {"table"}),
    ("hair", {"chair"}),
    ("arm", {"chair"}),
    ("mchair", set()),
    ("ron", set()),
]


@pytest.fixture
def shop(db: None) -> None:
    category = make_category("Things")
    for slug, (title, maker, materials, number) in THINGS.items():
        item = make_item(
            slug=slug, title=title, maker=maker, materials=materials, category=category, pieces=0
        )
        item.pieces.create(stock_number=number)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("query", "slugs"), FOUND, ids=short_name)
def test_is_found_by(query: str, slugs: set[str]) -> None:
    assert found(query) == slugs


def test_descriptions_are_searched() -> None:
    make_item(slug="box", title="Box", description="Bought with three candlesticks.")

    assert found("candlestick") == {"box"}


def test_a_thing_that_an_earlier_release_wrote_is_found_and_written_anew() -> None:
    item = make_item(slug="violin", title="Violin")
    Item.objects.update(search_text="violins | | things | | | 1 |")
    assert found("violins") == {"violin"}
    assert found("fiddle") == set()

    assert index_outdated() == 1
    assert index_outdated() == 0
    item.refresh_from_db()
    assert item.search_text.endswith(WRITTEN_BY)
    assert found("violin") == found("violins") == {"violin"}


def test_a_number_of_signs_alone_has_no_words() -> None:
    """An empty one among them is what PostgreSQL refuses, and with it the whole import."""
    texts = ["Lamp", "", "", "", "", ""]

    assert "" not in index_text(texts, ["+", "–"], "").split(" ")
    assert index_text(texts, ["+"], "") == index_text(texts, [], "")
