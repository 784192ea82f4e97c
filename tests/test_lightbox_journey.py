"""Pictures large, by mouse, keyboard, fingers and without scripts; and how they hang in lists."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, Page, expect
from pytest_django import Settings

from store.models import Item
from store.pictures.images import add_image
from store.tests.factories import make_item
from store.tests.pictures import picture_bytes, upload
from tests.conftest import open_page
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PICTURES = {"The front": (2600, 1900), "The back": (900, 1200), "The key": (80, 60)}


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def pictured(media: Path) -> Item:
    item = make_item(title="Mantel clock")
    for position, (words, size) in enumerate(PICTURES.items()):
        file = upload(picture_bytes(size, color=(90 * position, 120, 90)))
        add_image(item=item, file=file, alt_text=words, position=position)
    return item


def opened(browser: Browser, site: Any, item: Item, **options: Any) -> Page:
    page = open_page(browser, str(site.url), **options)
    page.goto(item.get_absolute_url())
    return page


def shown(page: Page) -> Locator:
    return page.get_by_role("dialog").get_by_role("img")


def scale(page: Page) -> float:
    """How many times larger the picture is than when it fits as a whole."""
    wide = shown(page).evaluate("image => image.getBoundingClientRect().width / image.offsetWidth")
    return round(float(wide), 2)


def test_by_keyboard(browser: Browser, live_server: Any, pictured: Item) -> None:
    page = opened(browser, live_server, pictured, **WIDE)
    opener = page.get_by_role("link", name="The back")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Pictures")
    expect(shown(page)).to_have_attribute("alt", "The back")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()

    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("alt", "The key")
    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("alt", "The front")
    expect(dialog.get_by_role("status")).to_have_text("1 / 3 · The front")
    page.keyboard.press("+")
    assert scale(page) == 1.5
    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("alt", "The front")
    page.keyboard.press("0")
    assert scale(page) == 1
    # The focus stays within.
    for _ in range(6):
        page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
    )
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_by_mouse_up_to_each_pixel(browser: Browser, live_server: Any, pictured: Item) -> None:
    page = opened(browser, live_server, pictured, **WIDE)
    opener = page.get_by_role("link", name="The front")
    opener.click()
    shown(page).click()
    real = shown(page).evaluate("image => image.getBoundingClientRect().width")
    assert round(float(real)) == 2400
    expect(shown(page)).to_have_js_property("srcset", "")
    before = shown(page).bounding_box()
    page.mouse.move(640, 400)
    page.mouse.down()
    page.mouse.move(540, 350)
    page.mouse.up()
    after = shown(page).bounding_box()
    assert before
    assert after
    assert (after["x"], after["y"]) == (before["x"] - 100, before["y"] - 50)
    page.get_by_role("button", name="Whole picture").click()
    assert scale(page) == 1
    page.mouse.move(640, 400)
    page.mouse.wheel(0, -200)
    expect(page.locator(".lightbox__stage--large")).to_have_count(1)
    page.get_by_role("button", name="Next picture").click()
    expect(shown(page)).to_have_attribute("alt", "The back")
    # Beside the picture.
    page.mouse.click(200, 600)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_by_fingers(browser: Browser, live_server: Any, pictured: Item) -> None:
    page = opened(browser, live_server, pictured, **PHONE)
    page.get_by_role("link", name="The front").tap()
    expect(shown(page)).to_have_attribute("alt", "The front")
    session = page.context.new_cdp_session(page)

    touch(session, "touchStart", (300, 400))
    touch(session, "touchMove", (200, 405))
    touch(session, "touchMove", (120, 410))
    touch(session, "touchEnd")
    expect(shown(page)).to_have_attribute("alt", "The back")

    touch(session, "touchStart", (180, 400), (210, 400))
    touch(session, "touchMove", (150, 400), (240, 400))
    touch(session, "touchEnd")
    expect(page.locator(".lightbox__stage--large")).to_have_count(1)
    assert scale(page) == pytest.approx(2.3, abs=0.8)
    # A finger moves what is large, and does not turn the page.
    touch(session, "touchStart", (300, 400))
    touch(session, "touchMove", (120, 400))
    touch(session, "touchEnd")
    expect(shown(page)).to_have_attribute("alt", "The back")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_without_scripts_on_a_page_of_its_own(
    browser: Browser, live_server: Any, pictured: Item
) -> None:
    page = opened(browser, live_server, pictured, java_script_enabled=False, **PHONE)
    page.get_by_role("link", name="The front").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The front")
    page.get_by_role("link", name="Next picture").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The back")
    page.get_by_role("link", name="Back to Mantel clock").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mantel clock")


@pytest.mark.usefixtures("media")
def test_pictures_of_all_shapes_hang_on_one_grid_without_holes(
    browser: Browser, live_server: Any
) -> None:
    for number, size in enumerate([(90, 60), (60, 90), (60, 60), (200, 20), (20, 200)] * 2):
        item = make_item(title=f"Thing {number}")
        add_image(item=item, file=upload(picture_bytes(size)), alt_text="It")
    make_item(title="Without a picture")
    page = open_page(browser, str(live_server.url))
    for path, width in product(["/store/", "/"], [360, 390, 800, 1280]):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        assert fits(page), width
        boxes = [tile.bounding_box() for tile in page.locator(".tile__picture").all()]
        mounts = [box for box in boxes if box]
        assert {(round(box["width"]), round(box["height"])) for box in mounts} == {
            (round(mounts[0]["width"]), round(mounts[0]["width"]))
        }
        rows = [sum(box["y"] == other["y"] for other in mounts) for box in mounts]
        # All rows of the front page are full, and of a list all but the last.
        assert len({*rows} if path == "/" else {*rows[: -rows[-1]]}) == 1, width


def test_the_picture_at_the_front_fills_its_room(
    browser: Browser, live_server: Any, pictured: Item
) -> None:
    page = open_page(browser, str(live_server.url), **WIDE)
    page.goto("/")
    hero, picture, text = (
        page.locator(name).bounding_box() for name in (".hero", ".hero__picture", ".hero__text")
    )
    assert hero
    assert picture
    assert text
    assert picture["height"] == text["height"] == hero["height"]
    assert picture["x"] + picture["width"] + text["width"] > hero["width"] * 0.9
