"""From waiting for a thing to having it, as people do it."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD, mails_sent
from bag.models import WaitlistEntry
from bag.services import hold_pieces
from repairshop import timer
from store.models import Item
from store.tests.time import let_holds_lapse
from tests.conftest import open_page
from tests.test_journey import DESKTOP, PHONE, check_out_as_a_guest, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def held(shop: str) -> Item:
    """A thing that somebody else has in the bag."""
    item = Item.objects.get(title__startswith="Crèche figure, shepherd")
    hold_pieces(item_id=item.pk, quantity=1, bag_key="somebody else")
    return item


def join_as_a_guest(page: Page, item: Item) -> None:
    page.goto(item.get_absolute_url())
    page.get_by_label("E-mail address").fill("ann")
    page.get_by_role("button", name="Be next in line").click()
    field = page.get_by_label("E-mail address")
    expect(field).to_have_value("ann")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("ann@example.com")
    page.get_by_role("button", name="Be next in line").click()
    expect(page.get_by_text("You are next in line for")).to_be_visible()
    expect(page.get_by_role("button", name="Leave the line")).to_be_visible()


def link_of_the_mail() -> str:
    """Free the thing as time does, let the timer run, and read the mail."""
    let_holds_lapse()
    timer.run_jobs()
    [message] = mails_sent()
    assert message.to == ["ann@example.com"]
    found = re.search(r"http\S+/bag/waitlist/\S+/", str(message.body))
    assert found
    return urlsplit(found[0]).path


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_guest_waits_on_a_phone_and_buys_by_the_link_of_the_mail(
    browser: Browser, shop: str, held: Item, scripts: bool
) -> None:
    page = open_page(browser, shop, java_script_enabled=scripts, **PHONE)
    join_as_a_guest(page, held)
    assert not scripts or fits(page)
    # The mail is read elsewhere.
    elsewhere = open_page(browser, shop, java_script_enabled=scripts, **PHONE)
    elsewhere.goto(link_of_the_mail())
    expect(elsewhere.get_by_text(re.compile(r"held for you until .*\d\d:\d\d"))).to_be_visible()
    assert not scripts or fits(elsewhere)
    elsewhere.get_by_role("button", name="Put it in my bag").click()
    expect(elsewhere.get_by_text("is in your bag.")).to_be_visible()
    check_out_as_a_guest(elsewhere)


def test_a_customer_clicks_once_and_finds_the_place_in_the_bag(
    browser: Browser, shop: str, held: Item, alice: User
) -> None:
    page = open_page(browser, shop, **DESKTOP)
    page.goto(f"/accounts/login/?next={held.get_absolute_url()}")
    page.get_by_label("E-mail address").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Be next in line").click()
    expect(page.get_by_text("You are next in line for")).to_be_visible()

    page.goto("/bag/")
    page.get_by_role("link", name="Your place").click()
    page.get_by_role("button", name="Leave the line").click()
    expect(page.get_by_text("You have left the line.")).to_be_visible()
    assert not WaitlistEntry.objects.open().exists()


def test_a_page_that_stays_open_says_that_it_is_ones_turn(
    browser: Browser, shop: str, held: Item
) -> None:
    page = open_page(browser, shop, **DESKTOP)
    page.clock.install()
    join_as_a_guest(page, held)
    link_of_the_mail()
    page.clock.fast_forward("00:21")

    news = page.get_by_role("status").filter(has_text=re.compile(r"^It is your turn\.$"))
    expect(news).to_be_visible()
    page.get_by_role("button", name="Put it in my bag").click()
    expect(page.get_by_role("link", name="To the checkout")).to_be_visible()


def test_no_more_such_mails_is_one_click_on_the_page_of_the_mail(
    browser: Browser, shop: str, held: Item
) -> None:
    page = open_page(browser, shop, **PHONE)
    join_as_a_guest(page, held)
    page.goto(
        reverse("bag:waitlist-unsubscribe", args=[WaitlistEntry.objects.get().unsubscribe_token])
    )
    page.get_by_role("button", name="No more such mails").click()

    expect(page.get_by_text("You have left every line")).to_be_visible()
    assert fits(page)
    assert not WaitlistEntry.objects.open().exists()
