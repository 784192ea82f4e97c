from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test.utils import override_settings
from PIL import Image

from accounts.models import User
from bag.models import WaitlistEntry
from bag.services import hold_pieces, release_holds
from repairs_restorals.models import BeforeAfter, ServiceTicket
from repairshop.demo import pictures
from repairshop.demo.people import PASSWORD, PEOPLE
from repairshop.demo.things import demo_item, load_things
from store.models import STAFF_RESERVED, Category, Item, ItemImage, Order, Piece, ShopProfile
from store.services import withdraw_pieces
from store.tests.factories import make_item

PIXELS_PER_INCH = pictures.PIXELS_PER_INCH
# The demo is one transaction.
pytestmark = [pytest.mark.many_acts, pytest.mark.bare_shop]


@pytest.fixture(autouse=True, scope="module")
def _quickly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """In a folder of its own, with small pictures."""
    changed = override_settings(DEBUG=True, MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with changed, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "PIXELS_PER_INCH", 6)
        yield


def demo(*options: str) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def filled(_quickly: None, building: Callable[[], AbstractContextManager[None]]) -> str:
    """A freshly filled demo shop; what the command printed."""
    with building():
        return demo()


@pytest.fixture
def shop(filled: str, db: None) -> str:
    return filled


def rows() -> list[int]:
    models = [Category, Item, ItemImage, Piece, Order, User]
    return [model._default_manager.count() for model in models]


def drop_a_thing() -> None:
    Piece.objects.filter(item=demo_item("valve-radio")).delete()
    Item.objects.filter(import_ref="demo:valve-radio").delete()


def states() -> Counter[str]:
    return Counter(str(piece.state) for piece in Piece.objects.with_state())


def test_there_are_about_thirty_things_in_six_categories_with_pictures(shop: str) -> None:
    assert 30 <= Item.objects.count() <= 34
    per_category = Category.objects.annotate(things=Count("items")).values_list("things", flat=True)
    assert len(per_category) == 6
    assert min(per_category) >= 5
    assert not Item.objects.filter(images=None).exists()
    assert not ItemImage.objects.filter(alt_text="").exists()
    # Pieces are in every state, and one thing is still being described.
    assert states() == {"available": 24, "held": 7, "ordered": 2, "sold": 3, "withdrawn": 1}
    assert Item.objects.filter(published=False).count() == 1


def test_one_thing_is_reserved_and_one_is_waited_for(shop: str) -> None:
    demo()

    assert Piece.objects.held_by(STAFF_RESERVED).get().held_for == User.objects.get(
        name="Bob Brandt"
    )
    assert WaitlistEntry.objects.waiting().get().customer == User.objects.get(name="Alice Ashdown")


@pytest.mark.on_both
def test_running_it_twice_gives_the_same_shop(shop: str) -> None:
    before = rows(), states()

    demo()

    assert (rows(), states()) == before


@pytest.mark.on_both
def test_the_shop_says_who_it_is(shop: str) -> None:
    profile = ShopProfile.objects.get()
    assert profile.name == "Hare & Hollow"
    assert profile.iban
    assert profile.tax_number


def test_what_staff_changed_stays_as_they_left_it(shop: str) -> None:
    clock = demo_item("mantel-clock-in-walnut")
    assert clock
    withdraw_pieces(clock.pieces.all())
    Item.objects.filter(pk=clock.pk).update(title="A clock", slug="a-clock", price=1)
    ShopProfile.objects.update(tagline="Ours", iban="")
    User.objects.filter(email="mo@example.com").update(name="Somebody else")

    demo()

    again = demo_item("mantel-clock-in-walnut")
    assert again
    assert (again.pk, again.title) == (clock.pk, "A clock")
    assert not again.pieces.available().exists()
    assert (ShopProfile.objects.get().tagline, ShopProfile.objects.get().iban) == ("Ours", "")
    assert User.objects.get(email="mo@example.com").name == "Somebody else"


def test_what_a_real_visitor_holds_stays_in_that_bag(shop: str) -> None:
    camera = demo_item("rangefinder-camera-35-mm")
    assert camera
    release_holds(bag_key="demo-visitor-1")
    hold_pieces(item_id=camera.pk, quantity=1, bag_key="a real visitor")

    demo()

    assert Piece.objects.held_by("a real visitor").get().item == camera


def test_lapsed_holds_are_taken_again(shop: str) -> None:
    release_holds(bag_key="demo-visitor-1")

    demo()

    assert Piece.objects.held_by("demo-visitor-1").count() == 3


def test_an_interrupted_run_is_completed_by_the_next(shop: str) -> None:
    before = rows()
    drop_a_thing()

    assert "added 1 things" in demo("--if-empty")

    assert rows() == before


def test_a_shop_with_things_of_its_own_is_left_alone_on_request(shop: str) -> None:
    drop_a_thing()
    make_item()
    before = rows()

    assert demo("--if-empty") == ""

    assert rows() == before


def test_everybody_can_log_in_with_the_printed_password(shop: str) -> None:
    assert PASSWORD in shop
    for person in PEOPLE:
        assert person.email in shop
        assert User.objects.get(email=person.email).check_password(PASSWORD)
    groups = User.objects.exclude(groups=None).values_list("groups__name", flat=True)
    assert sorted(groups) == ["Managers", "Shop staff", "Workshop staff"]
    # One customer has ordered before and one has not.
    assert User.objects.get(email="alice@example.com").orders.count() == 2
    assert User.objects.get(email="bob@example.com").orders.count() == 0


def test_a_site_in_production_is_refused_without_force(shop: str, settings: Any) -> None:
    settings.DEBUG = False
    drop_a_thing()
    before = rows()

    with pytest.raises(CommandError, match="--force"):
        demo()

    assert rows() == before
    assert "The demo shop is ready (added 1 things" in demo("--force")


def test_every_drawing_is_used_and_no_larger_than_needed() -> None:
    used = {drawing for thing in load_things() for drawing, alt_text in thing["pictures"]}
    drawings = {path.stem: path.stat().st_size for path in pictures.DRAWINGS.glob("*.svg")}

    assert used == set(drawings)
    assert max(drawings.values()) < 30_000


def test_a_drawing_fills_its_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PIXELS_PER_INCH", PIXELS_PER_INCH)

    picture = Image.open(pictures.render("mantel-clock")).convert("RGB")

    assert picture.size == (1200, 900)
    assert picture.getpixel((1198, 898)) != (255, 255, 255)


def test_the_bench_has_a_ticket_in_every_stage_of_the_work(shop: str) -> None:
    demo()

    tickets = ServiceTicket.objects.order_by("pk")
    stages = ["submitted", "quoted", "in_progress", "ready", "collected"]
    assert [ticket.status for ticket in tickets] == stages
    assert all(ticket.images.exists() for ticket in tickets)
    assert not any(ticket.events.filter(kind="moved", actor=None).exists() for ticket in tickets)
    assert BeforeAfter.objects.get(shown=True).consent
