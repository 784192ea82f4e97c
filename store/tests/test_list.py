import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from store.models import Item, ItemImage, Piece
from store.paging import COUNT_UP_TO, ITEMS_PER_PAGE
from store.tests.factories import make_category, make_item
from store.tests.time import let_holds_lapse

pytestmark = pytest.mark.django_db

LIST = reverse("store:list")
TITLE = re.compile(r'class="tile__title"><a href="[^"]+">([^<]+)</a>')


def listing(client: Client, query: str = "", path: str = LIST, status: int = 200) -> str:
    response = client.get(path + query)
    assert response.status_code == status
    return response.content.decode()


def titles(page: str) -> list[str]:
    """Of what was found: where that is nothing, the newest things are shown instead."""
    return TITLE.findall(page.partition('class="nothing')[0])


def hold(item: Item, minutes: int = 10) -> None:
    now = timezone.now()
    until = now + timedelta(minutes=minutes)
    Piece.objects.filter(item=item).update(held_by="bag", held_since=now, held_until=until)


@pytest.mark.on_both
def test_things_on_sale_are_listed_newest_first(client: Client) -> None:
    make_item(title="Old lamp")
    make_item(title="New lamp")
    make_item(title="Nothing left", pieces=0)
    make_item(title="In the back room", published=False)

    assert titles(listing(client)) == ["New lamp", "Old lamp"]


@pytest.mark.on_both
def test_a_thing_in_a_bag_says_until_when_and_is_free_when_that_is_over(
    client: Client, clock: Item
) -> None:
    hold(clock)

    assert re.search(r"in somebody’s bag until \d", listing(client))
    let_holds_lapse()
    assert "somebody’s bag" not in listing(client)


@pytest.mark.on_both
def test_one_free_piece_is_enough_to_be_free(client: Client) -> None:
    lamp = make_item(title="Lamp", pieces=2)
    hold(lamp)
    Piece.objects.filter(pk=lamp.pieces.all()[0].pk).update(
        held_by=None, held_since=None, held_until=None
    )

    assert "somebody’s bag" not in listing(client)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=lamp", ["Dear lamp", "Cheap lamp"]),
        ("?q=lamp&sort=price", ["Cheap lamp", "Dear lamp"]),
        ("?q=lamp&sort=-price", ["Dear lamp", "Cheap lamp"]),
        ("?price_from=50", ["Dear lamp"]),
        ("?price_to=50", ["Vase", "Cheap lamp"]),
        ("?price_from=10&price_to=10", ["Cheap lamp"]),
        ("?condition=mint", ["Vase"]),
        ("?available=on", ["Dear lamp", "Cheap lamp"]),
        # By its old name, as bookmarks have it.
        ("?free=on", ["Dear lamp", "Cheap lamp"]),
        ("?q=lamp&available=on&price_to=99&condition=good&sort=new", ["Cheap lamp"]),
    ],
)
@pytest.mark.on_both
def test_choices_narrow_and_sort_the_list(client: Client, query: str, found: list[str]) -> None:
    make_item(title="Cheap lamp", price=10)
    make_item(title="Dear lamp", price=500)
    hold(make_item(title="Vase", price=5, condition=Item.Condition.MINT))

    page = listing(client, query)

    assert titles(page) == found
    assert 'content="noindex, follow"' in page
    assert f'rel="canonical" href="http://testserver{LIST}"' in page


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?price_from=abc", "Enter an amount such as 45.00."),
        ("?price_from=-1", "greater than or equal to 0"),
        ("?price_to=1e99", "Enter an amount such as 45.00."),
        ("?price_to=NaN", "Enter an amount such as 45.00."),
        ("?price_to=123456789", "Ensure that there are no more than"),
        ("?sort=foo", "Select a valid choice."),
        ("?condition=foo", "Select a valid choice."),
        ("?q=%00", "Null characters are not allowed."),
        ("?q=" + "x" * 10_000, "at most 200 characters"),
    ],
)
@pytest.mark.on_both
def test_a_bad_choice_is_explained_and_left_out(
    client: Client, clock: Item, query: str, message: str
) -> None:
    page = listing(client, query)

    assert message in page
    assert titles(page) == [clock.title]


@pytest.mark.on_both
def test_prices_that_contradict_each_other_show_nothing(client: Client, clock: Item) -> None:
    page = listing(client, "?price_from=500&price_to=5")

    assert titles(page) == []
    assert "This is less than the lowest price you chose." in page
    assert "Nothing costs that" in page
    assert 'href="/store/?price_from=5&amp;price_to=500"' in page


def test_the_message_is_tied_to_its_field(client: Client) -> None:
    page = listing(client, "?price_from=abc")

    assert 'value="abc" aria-invalid="true" aria-describedby="id_price_from_error"' in page
    assert 'id="id_price_from_error"' in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "999", "99999", "9" * 5000, "%00", "1.5", "٣"])
def test_a_page_that_does_not_exist_leads_back(client: Client, clock: Item, page: str) -> None:
    text = listing(client, f"?q=clock&page={page}", status=404)

    assert "There is no such page" in text
    assert f'href="{LIST}?q=clock"' in text


@pytest.mark.on_both
def test_pages_keep_the_choices(client: Client) -> None:
    for number in range(ITEMS_PER_PAGE + 1):
        make_item(title=f"Lamp & shade {number}")

    first = listing(client, "?q=lamp&sort=price&junk=1")
    second = listing(client, "?q=lamp&sort=price&page=2")

    assert len(titles(first)) == ITEMS_PER_PAGE
    assert f'href="{LIST}?q=lamp&amp;sort=price&amp;page=2" rel="next"' in first
    assert 'rel="prev"' not in first
    assert len(titles(second)) == 1
    assert f'href="{LIST}?q=lamp&amp;sort=price" rel="prev"' in second
    assert 'rel="next"' not in second


def test_the_second_page_is_its_own_canonical_page(client: Client) -> None:
    for _ in range(ITEMS_PER_PAGE + 1):
        make_item()

    page = listing(client, "?page=2")

    assert f'rel="canonical" href="http://testserver{LIST}?page=2"' in page
    assert "noindex" not in page


def test_a_count_stops_where_it_would_cost(client: Client) -> None:
    category = make_category()
    items = Item.objects.bulk_create(
        Item(category=category, title="Spoon", slug=f"spoon-{n}", condition="good", price=1)
        for n in range(COUNT_UP_TO + 5)
    )
    Piece.objects.bulk_create(Piece(item=item, stock_number=item.slug) for item in items)

    assert "More than 240 things" in listing(client, "?condition=good")
    assert "things" not in re.sub(r"One-of-a-kind things", "", listing(client))


def test_a_category_shows_its_own_things(client: Client) -> None:
    make_item(title="Lamp", category=make_category("Lamps"))
    make_item(title="Vase", category=make_category("Vases"))

    page = listing(client, path="/store/lamps/")

    assert titles(page) == ["Lamp"]
    assert '<a href="/store/lamps/" aria-current="page">' in page


def test_an_unknown_category_is_not_found(client: Client) -> None:
    assert client.get("/store/nothing/").status_code == 404


def test_a_renamed_category_shows_at_once(client: Client) -> None:
    category = make_category("Lamps")
    listing(client)
    category.name = "Lights"
    category.save()

    assert "Lights</a>" in listing(client)


def test_an_empty_shop_says_what_to_do(client: Client) -> None:
    assert "come back soon" in listing(client)


def test_an_empty_result_says_what_to_do(client: Client) -> None:
    make_category("Lamps")

    page = listing(client, "?q=zither", path="/store/lamps/")

    assert "Nothing here matches that" in page
    assert f'href="{LIST}?q=zither"' in page


@pytest.mark.on_both
def test_signs_alone_find_nothing(client: Client, clock: Item) -> None:
    assert "Nothing here matches that" in listing(client, "?q=%25")
    assert "There is no such page" in listing(client, "?q=%25&page=2", status=404)


def test_markup_in_a_title_stays_text(client: Client) -> None:
    make_item(title="<script>alert(1)</script>")

    assert "<script>alert" not in listing(client)


def test_the_picture_is_the_first_one(client: Client, clock: Item) -> None:
    for position, folder in [(2, "b"), (1, "a"), (3, "c")]:
        ItemImage.objects.create(
            item=clock,
            image=f"items/{folder}/large.webp",
            alt_text=f"picture {folder}",
            position=position,
            width=1600,
            height=1200,
        )

    page = listing(client)

    assert 'alt="picture a"' in page
    assert "picture b" not in page
    assert "items/a/card.webp" in page
    assert 'width="1600" height="1200"' in page


def test_rows_below_the_first_load_late(client: Client) -> None:
    for number in range(6):
        item = make_item()
        ItemImage.objects.create(
            item=item, image=f"items/{number}/large.webp", alt_text="x", width=4, height=3
        )

    assert listing(client).count('loading="lazy"') == 2


def test_the_list_can_only_be_read(client: Client) -> None:
    assert client.post(LIST).status_code == 405


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_queries_is_constant(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _ in range(number):
        make_item()
    listing(client)

    with django_assert_num_queries(1):
        listing(client)


def test_a_customer_with_a_bag_costs_three_queries_more(
    client: Client, alice: User, clock: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(alice)
    client.post(reverse("bag:add", args=[clock.pk]), {"quantity": 1})
    listing(client)

    with django_assert_num_queries(4):
        page = listing(client)

    assert 'aria-label="1 thing in your bag"' in page
    assert "Log out" in page
