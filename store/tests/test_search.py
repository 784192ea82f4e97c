"""What is found, and that both databases find the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.models import Category, Item, Piece
from store.search.asking import in_any_form, words_asked
from store.tests.factories import make_category, make_item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

TITLES = {
    "creche": "Crèche figure",
    "tongs": "Sugar tongs",
    "strasse": "Straßenschild, groß",
    "smorrebrod": "Smørrebrød board",
    "jug": "Traveller's jug",
    "clock": "Long-case clock",
    "amphora": "Αμφορέας",
    "samovar": "Самовар",
    "vase": "青磁花瓶",
    "plate": "Plate 100% 50_50",
}
FOUND = [
    ("creche", {"creche"}),
    ("CRÈCHE", {"creche"}),
    ("Cre\u0300che", {"creche"}),
    ("figure creche", {"creche"}),
    ("figur creche", {"creche"}),
    ("fig creche", set()),
    ("creche figur", {"creche"}),
    ("reche", set()),
    ("strassenschild", {"strasse"}),
    ("STRAẞENSCHILD", {"strasse"}),
    ("gross", {"strasse"}),
    ("smorrebrod", {"smorrebrod"}),
    ("Smørre", {"smorrebrod"}),
    ("traveller's jug", {"jug"}),
    ("traveller’s", {"jug"}),
    ("long case", {"clock"}),
    ("long-case clock", {"clock"}),
    ("αμφορεας", {"amphora"}),
    ("ΑΜΦΟΡΕΑΣ", {"amphora"}),
    ("самовар", {"samovar"}),
    ("САМО", {"samovar"}),
    ("青磁", {"vase"}),
    ("花瓶", {"vase"}),
    ("花青", set()),
    ("100%", {"plate"}),
    ("100_50", {"plate"}),
    ("50_5", {"plate"}),
    ("79.66.115", {"creche"}),
    ("79.66.11", {"creche"}),
    ("87.29.4.A-B", {"tongs"}),
    ("Jensen", {"tongs"}),
    ("silver tableware tongs 1925", {"tongs"}),
    ("silver & tongs", {"tongs"}),
    ("silver | nothing", set()),
    ("!silver", {"tongs"}),
    ("silver:*", {"tongs"}),
    ("(silver", {"tongs"}),
    ("'silver' \\ tongs", {"tongs"}),
    ("'; DROP TABLE store_item; --", set()),
    ("", set(TITLES)),
    ("   ", set(TITLES)),
    ("%", set()),
    ("_", set()),
    ("& | ! : * ( ) ' \\", set()),
    ("\0", set()),
    ("silver\0tongs", {"tongs"}),
    ("\ud800silver", {"tongs"}),
    ("silver " * 1500, {"tongs"}),
    ("x" * 10_000, set()),
]


@pytest.fixture
def shop(db: None) -> None:
    for slug, title in TITLES.items():
        make_item(slug=slug, title=title, pieces=0)
    tongs = Item.objects.get(slug="tongs")
    tongs.maker, tongs.materials, tongs.period = "Jensen, Georg", "silver", "c. 1925-1940"
    tongs.category = make_category("Tableware")
    tongs.save()
    Piece.objects.create(item=tongs, stock_number="87.29.4.A-B")
    Piece.objects.create(item=Item.objects.get(slug="creche"), stock_number="79.66.115")


def short_name(value: str | set[str]) -> str:
    """The same in each process of a test run, which the order of a set is not."""
    return ascii(sorted(value) if isinstance(value, set) else value)[:30]


def found(query: str) -> set[str]:
    return set(Item.objects.search(query).values_list("slug", flat=True))


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("query", "slugs"), FOUND, ids=short_name)
def test_both_databases_find(query: str, slugs: set[str]) -> None:
    assert found(query) == slugs


@pytest.mark.usefixtures("shop")
@given(query=st.text(max_size=60))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_query_is_answered_as_python_would(query: str) -> None:
    words = words_asked(query)
    expected = {
        slug
        for slug, text in Item.objects.values_list("slug", "search_text")
        if words and in_any_form(words).fits(text.split())
    }
    assert found(query) == (expected if query.strip() else set(TITLES))


def test_a_word_too_long_for_a_lexeme_is_found_by_its_beginning() -> None:
    # One letter that unfolds to eighteen, so that 300 of them make more than 2 kB.
    make_item(slug="long", materials="\ufdfa" * 300)
    assert found("\ufdfa") == {"long"}
    assert found("\ufdfa" * 60) == {"long"}


def test_a_renamed_category_is_found_by_its_new_name() -> None:
    make_item(slug="spoon", category=make_category("Spoons"))
    category = Category.objects.get(name="Spoons")
    category.name = "Löffel"
    category.save()
    assert found("loffel") == {"spoon"}
    assert found("spoons") == set()


def test_a_deleted_piece_is_no_longer_found_by_its_number() -> None:
    item = make_item(slug="spoon", pieces=0)
    piece = Piece.objects.create(item=item, stock_number="Q7")
    assert found("q7") == {"spoon"}
    piece.delete()
    assert found("q7") == set()


def test_what_nobody_sees_hinders_no_search(db: None) -> None:
    make_item(slug="machine", title="Kaffee\u00admaschine")

    assert found("kaffeemaschine") == found("Kaffee\u200bmaschine\u202c") == {"machine"}
