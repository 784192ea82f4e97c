"""Photos of a ticket, as people send them from a phone."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD
from repairs_restorals.models import ServiceTicket, TicketImage
from repairs_restorals.models.photos import private_storage
from tests.conftest import open_page
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PHONE = {"viewport": {"width": 390, "height": 844}}


def photo_of(folder: Path, name: str, size: tuple[int, int] = (4000, 3000)) -> Path:
    """Red above, blue below, as the camera lay on its side."""
    upright = Image.new("RGB", size[::-1], "blue")
    upright.paste("red", (0, 0, size[1], size[0] // 2))
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(folder / name, quality=90, exif=exif)
    return folder / name


def log_in(browser: Browser, shop: str, alice: User, *, scripts: bool = True) -> Page:
    page = open_page(browser, shop, java_script_enabled=scripts, **PHONE)
    page.goto("/accounts/login/?next=/workshop/tickets/new/")
    page.get_by_label("E-mail address").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def fill_in(page: Page) -> None:
    page.get_by_label("What is it?").fill("Barrel organ")
    page.get_by_label("What is wrong").fill("It wheezes.")


def stored_photos() -> list[Image.Image]:
    found: list[Image.Image] = []
    for photo in TicketImage.objects.all():
        with private_storage().open(photo.stored("large")) as file:
            found.append(Image.open(BytesIO(file.read())))
    return found


def is_upright(photo: Image.Image) -> bool:
    red, _, blue = photo.getpixel((photo.width // 2, 9))  # type: ignore[misc]
    return photo.height > photo.width and red > 200 > blue


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_photos_are_sent_from_a_phone(
    browser: Browser, shop: str, alice: User, tmp_path: Path, scripts: bool
) -> None:
    page = log_in(browser, shop, alice, scripts=scripts)
    fill_in(page)
    page.get_by_label("Photos").set_input_files(
        [photo_of(tmp_path, "front.jpg"), photo_of(tmp_path, "back.jpg")]
    )
    page.get_by_role("button", name="Send the ticket").click()

    expect(page.get_by_text("Your ticket is W")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Barrel organ")
    ticket = ServiceTicket.objects.get()
    assert page.url.endswith(ticket.get_absolute_url())
    expect(page.get_by_role("img")).to_have_count(2)
    assert [is_upright(photo) for photo in stored_photos()] == [True, True]
    if scripts:
        # The page was put in the place of the form, and its pictures open as ever.
        page.locator(".photos a").first.click()
        expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
        page.keyboard.press("Escape")
    assert not scripts or fits(page)


def test_a_photo_is_seen_and_taken_out_before_it_is_sent(
    browser: Browser, shop: str, alice: User, tmp_path: Path
) -> None:
    page = log_in(browser, shop, alice)
    fill_in(page)
    chosen = page.get_by_label("Photos")
    chosen.set_input_files([photo_of(tmp_path, "one.jpg"), photo_of(tmp_path, "two.jpg")])
    chosen.set_input_files(photo_of(tmp_path, "three.jpg", (300, 200)))
    expect(page.locator(".chosen canvas")).to_have_count(3)
    assert fits(page)
    page.get_by_role("button", name="Take out: two.jpg").click()
    expect(page.locator(".chosen canvas")).to_have_count(2)
    page.get_by_role("button", name="Send the ticket").dblclick()

    expect(page.get_by_text("Your ticket is W")).to_be_visible()
    assert ServiceTicket.objects.count() == 1
    assert sorted(photo.size for photo in stored_photos()) == [(200, 300), (1800, 2400)]


def test_a_photo_may_be_chosen_before_the_script_has_come(
    browser: Browser, shop: str, alice: User, tmp_path: Path
) -> None:
    page = log_in(browser, shop, alice).context.new_page()
    held: list[Route] = []
    page.route("**/photos*.js", lambda route: held.append(route))
    page.goto("/workshop/tickets/new/", wait_until="commit")
    page.get_by_label("Photos").set_input_files(photo_of(tmp_path, "front.jpg", (300, 200)))
    expect(page.locator(".chosen canvas")).to_have_count(0)
    held[0].continue_()
    expect(page.locator(".chosen canvas")).to_have_count(1)


def test_photos_are_made_smaller_before_they_are_sent(
    browser: Browser, shop: str, alice: User, tmp_path: Path
) -> None:
    noise = Image.effect_noise((4000, 3000), 40).convert("RGB")
    noise.save(tmp_path / "large.jpg", quality=92)
    page = log_in(browser, shop, alice)
    fill_in(page)
    page.get_by_label("Photos").set_input_files(tmp_path / "large.jpg")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Send the ticket").click()

    expect(page.get_by_text("Your ticket is W")).to_be_visible()
    length = int(sent.value.all_headers()["content-length"])
    assert length < (tmp_path / "large.jpg").stat().st_size / 2


def test_a_form_with_an_error_keeps_the_photos(
    browser: Browser, shop: str, alice: User, tmp_path: Path
) -> None:
    page = log_in(browser, shop, alice)
    page.get_by_label("What is it?").fill("Barrel organ")
    page.get_by_label("Photos").set_input_files(photo_of(tmp_path, "front.jpg"))
    page.get_by_role("button", name="Send the ticket").click()
    expect(page.locator(".field--invalid")).to_have_count(1)
    expect(page.locator(".chosen canvas")).to_have_count(1)
    fill_in(page)
    page.get_by_role("button", name="Send the ticket").click()

    expect(page.get_by_text("Your ticket is W")).to_be_visible()
    assert TicketImage.objects.count() == 1


def test_what_no_browser_can_show_is_refused_by_name(
    browser: Browser, shop: str, alice: User, tmp_path: Path
) -> None:
    (tmp_path / "song.jpg").write_bytes(b"no picture")
    page = log_in(browser, shop, alice)
    fill_in(page)
    page.get_by_label("Photos").set_input_files(tmp_path / "song.jpg")
    expect(page.locator(".chosen__photo--unseen")).to_have_count(1)
    page.get_by_role("button", name="Send the ticket").click()

    expect(page.get_by_text("“song.jpg” was not taken: This is not a JPEG")).to_be_visible()


def test_a_log_in_in_another_tab_costs_no_photo(
    browser: Browser, shop: str, alice: User, tmp_path: Path
) -> None:
    page = log_in(browser, shop, alice)
    # Another page of the same visitor: this one may note in its console that it was refused.
    older, other = page.context.new_page(), page.context.new_page()
    older.goto("/workshop/tickets/new/")
    fill_in(older)
    older.get_by_label("Photos").set_input_files(photo_of(tmp_path, "front.jpg", (300, 200)))
    page.context.clear_cookies()
    other.goto("/accounts/login/?next=/workshop/")
    other.get_by_label("E-mail address").fill(alice.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    expect(other).to_have_url(re.compile("/workshop/$"))
    older.get_by_role("button", name="Send the ticket").click()
    expect(older.get_by_text("That did not get through.")).to_be_visible()
    older.get_by_role("button", name="Send the ticket").click()

    expect(older.get_by_text("Your ticket is W")).to_be_visible()
    assert TicketImage.objects.count() == 1


def test_when_the_line_is_cut_nothing_is_lost(
    browser: Browser, shop: str, alice: User, tmp_path: Path
) -> None:
    # Another page of the same visitor: this one may note the cut in its console.
    page = log_in(browser, shop, alice).context.new_page()
    page.goto("/workshop/tickets/new/")
    fill_in(page)
    page.get_by_label("Photos").set_input_files(photo_of(tmp_path, "front.jpg", (300, 200)))
    page.route("**/workshop/tickets/new/", lambda route: route.abort())
    page.get_by_role("button", name="Send the ticket").click()
    expect(page.get_by_text("That did not get through.")).to_be_visible()
    page.unroute("**/workshop/tickets/new/")
    page.get_by_role("button", name="Send the ticket").click()

    expect(page.get_by_text("Your ticket is W")).to_be_visible()
    assert TicketImage.objects.count() == 1
