"""The ten errands of a week, each with the number of taps that docs/errands.md says."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.text import slugify
from playwright.sync_api import Browser, expect

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import mails_sent, make_staff, make_user
from invoices.documents.drafts import bill_order
from invoices.models import DayClose, Payment
from invoices.orders.transitions import transition_and_notify
from invoices.payments.card import reconcile, start_payment
from invoices.tests.card_steps import SITE
from invoices.tests.close_steps import take
from repairs_restorals.models import ServiceTicket
from repairs_restorals.tests.factories import make_ticket
from store.models import Item, Order
from store.tests.factories import make_category, make_item, make_order
from tests.errands import Hand
from tests.stripe_standin.driver import Standin
from tests.test_accessible import look
from tests.test_photo_journey import photo_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
TABLE = Path(__file__).parent.parent / "docs/errands.md"
PHONE, LAPTOP = 390, 1280
PROFILE = {
    "Name of the shop:": "Old Things",
    "Street and number:": "Mill Lane 4",
    "Postcode:": "12345",
    "Town:": "Oldtown",
    "Opening hours:": "Tuesday to Friday, 10 to 18",
    "IBAN:": "DE02120300000000202051",
    "Tax number or VAT number:": "12/345/67890",
    "Terms of sale:": "You pay, we pack.",
    "Privacy:": "We keep what we need.",
    "Legal notice:": "Old Things, Oldtown",
}

# The rest looks the same on both, but for the width.
on_both = pytest.mark.parametrize("hand", [PHONE, LAPTOP], indirect=True)


@pytest.fixture
def mo(db: None) -> User:
    return make_staff("mo@example.com", group=MANAGERS)


@pytest.fixture
def hand(
    browser: Browser, live_server: Any, client: Client, mo: User, request: pytest.FixtureRequest
) -> Hand:
    """At the front desk, logged in, with a phone unless the test asks for a laptop."""
    client.force_login(mo)
    page = look(browser, str(live_server.url), client, "light")
    width = getattr(request, "param", PHONE)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/admin/")
    return Hand(page)


@pytest.fixture
def said(request: pytest.FixtureRequest) -> int:
    """How many taps the table says of the errand that a test is named after."""
    return table()[request.node.originalname]


def table() -> dict[str, int]:
    rows = re.findall(r"^\| ([^|]+?) \| (\d+) \|", TABLE.read_text("utf-8"), re.MULTILINE)
    return {"test_" + slugify(name).replace("-", "_"): int(taps) for name, taps in rows}


def test_each_errand_of_the_table_is_played() -> None:
    tests = {name: getattr(test, "__annotations__", {}) for name, test in globals().items()}
    played = [name for name, arguments in tests.items() if "said" in arguments]

    assert sorted(table()) == sorted(played)
    assert len(played) == 10


def photos(folder: Path, *names: str) -> list[Path]:
    return [photo_of(folder, f"{name}.jpg", (400, 300)) for name in names]


@pytest.mark.bare_shop
def test_set_up_a_fresh_shop(hand: Hand, said: int, tmp_path: Path) -> None:
    hand.follow("Name and address")
    for label, text in PROFILE.items():
        hand.type(label, text)
    hand.choose("Country:", "Germany")
    hand.tap(hand.page.get_by_role("button", name="Save", exact=True).first)
    hand.follow("A first category")
    hand.type("Name:", "Clocks")
    hand.press("Save")
    hand.follow("A first thing, published")
    add_thing(hand, tmp_path)
    notice = "The official notice of the legal guarantee"
    for step in (notice, "Payment by card", "Colleagues", "Backups"):
        hand.press(f"Done, or not needed: {step}")
    hand.press("Send a test mail")
    hand.sees("A test mail goes to")
    mails_sent()
    hand.follow("Home")
    hand.sees("Today’s takings")
    assert hand.page.get_by_text("Set up your shop").count() == 0
    assert hand.taps == said


def add_thing(hand: Hand, folder: Path, *, among: bool = False) -> None:
    hand.type("Title:", "Mantel clock")
    if among:
        hand.choose("Category:", "Clocks")
    # The only one there is stands there already.
    chosen = hand.page.get_by_label("Category:", exact=True).locator("option:checked")
    expect(chosen).to_have_text("Clocks")
    hand.photograph("Add photos", photos(folder, "front", "back", "mark"))
    hand.choose("Condition:", "good")
    hand.type("Price:", "120")
    hand.type("Shipping:", "9.90")
    hand.tap(hand.page.get_by_role("button", name="Save", exact=True).last)
    hand.sees("1 piece was added")


def test_new_thing_with_three_photos(hand: Hand, said: int, tmp_path: Path) -> None:
    for name in ("Clocks", "Lamps"):
        make_category(name)
    hand.tap(hand.page.locator(".model-item .addlink"))
    add_thing(hand, tmp_path, among=True)
    assert Item.objects.get(published=True).images.count() == 3
    assert hand.taps == said


def test_sale_at_the_counter_in_cash(hand: Hand, said: int, clock: Item) -> None:
    hand.follow("Till")
    hand.enter("Thing, stock number, ticket or name", "mantel")
    hand.follow(re.compile("^Mantel clock"))
    hand.type("Cash given:", "150")
    hand.press("Cash")
    hand.sees("€30.00")
    assert Payment.objects.get().method == "cash"
    assert hand.taps == said


def test_sale_by_label(hand: Hand, said: int, clock: Item) -> None:
    hand.scan(f"/p/{clock.pieces.get().pk}/")
    hand.press("Card terminal")
    hand.sees("Receipt, 80 mm")
    assert Payment.objects.get().method == "terminal"
    assert hand.taps == said


def test_repair_taken_in_from_somebody_without_e_mail(
    hand: Hand, said: int, tmp_path: Path
) -> None:
    hand.tap(hand.page.locator(".model-serviceticket .addlink"))
    hand.type("Name:", "Walt Inn")
    hand.type("Phone:", "030 555777")
    hand.type("What it is:", "Clarinet")
    hand.type("What is wrong, or what do you wish?", "A key sticks.")
    hand.photograph("Take a photo", photos(tmp_path, "front"))
    hand.press("Take in")
    hand.prints("Print receipt and label")
    ticket = ServiceTicket.objects.get()
    assert (ticket.customer.email, ticket.images.count()) == ("", 1)
    assert hand.taps == said


@on_both
def test_repair_quoted_paid_in_part_and_collected(hand: Hand, said: int) -> None:
    ticket = make_ticket(make_user("", name="Walt Inn"), title="Violin")
    hand.enter("Search everything", "walt")
    hand.follow(re.compile("Violin"))
    hand.press("Write a quote")
    hand.sees("Prices include tax")
    hand.page.get_by_label("What", exact=True).first.fill("Glue the neck")
    hand.page.get_by_label("Hours or number").first.fill("2")
    hand.page.get_by_label("Price of one").first.fill("60")
    hand.type("Deposit:", "50")
    hand.press("Save and preview")
    hand.sees("Glue the neck: 2 × €60.00 = €120.00")
    # Within reach above all that the law wants to be said.
    expect(hand.page.get_by_role("button", name="It is our offer")).to_be_in_viewport(ratio=1)
    hand.press("It is our offer")
    hand.follow("The customer has answered by phone or at the counter…")
    hand.type("Who said so, when and how:", "Mr Inn, here, at noon")
    hand.press("The customer accepts")
    hand.follow("Take €50.00 at the till")
    hand.press("Cash")
    hand.follow(f"To {ticket}")
    hand.press("Work on it")
    hand.press("Ready to collect")
    hand.follow("Take €70.00 at the till")
    hand.press("Card terminal")
    hand.press(f"{ticket} was collected")
    hand.sees("The ticket is now: collected.")
    assert hand.taps == said


@on_both
def test_order_sent_and_its_tracking_corrected(hand: Hand, said: int, clock: Item) -> None:
    where = {"street": "Lane 1", "postcode": "12345", "city": "Town"}
    order = make_order(clock, paid=True, delivery=Order.Delivery.SHIP, **where)
    bill_order(order)
    make_order(make_item(), state=Order.State.SHIPPED, carrier="dhl", tracking="1")
    hand.page.reload()
    hand.follow(re.compile("1 paid order to send"))
    hand.follow(str(order))
    hand.prints("Packing slip")
    hand.prints("Address label")
    hand.type("Tracking number", "00340434")
    # Proposed: it took the last parcel.
    expect(hand.page.get_by_label("Carrier", exact=True)).to_have_value("dhl")
    hand.press("Mark shipped")
    hand.sees("Done, and the customer has been told.")
    hand.follow("Correct, or note…")
    hand.type("Tracking number:", "00340435")
    hand.press("Save")
    hand.sees("00340435")
    order.refresh_from_db()
    assert order.state == Order.State.SHIPPED
    assert hand.taps == said


def test_return_of_one_thing_of_two_to_the_card(hand: Hand, said: int, provider: Standin) -> None:
    order = make_order(make_item(title="Chair", pieces=2), payment_method=Order.PaymentMethod.CARD)
    attempt = start_payment(invoice_id=bill_order(order).pk, site=SITE).attempt
    attempt.refresh_from_db()
    provider.pay(str(attempt.session_id))
    reconcile(attempt)
    transition_and_notify(
        order_id=order.pk, transition=Order.Transition.COLLECT, actor=None, site=SITE
    )
    hand.enter("Search everything", str(order))
    hand.follow(str(order))
    hand.follow("Cancel, refund, return…")
    hand.tap(hand.page.get_by_role("checkbox", name="Chair").first)
    expect(hand.page.get_by_label("it goes on sale again")).to_be_checked()
    hand.type("Reason:", "Loose")
    hand.press("See what happens")
    hand.sees("Goes back to the card")
    hand.press("Do it")
    hand.sees("It is taken back.")
    assert Payment.objects.get(amount__lt=0).amount == -120
    assert hand.taps == said


def test_phone_reservation_sold(hand: Hand, said: int, clock: Item) -> None:
    piece = clock.pieces.get()
    hand.enter("Search everything", "mantel")
    hand.follow(str(piece))
    hand.follow("Reserve for somebody…")
    hand.type("Reason:", "Ann on the phone")
    hand.press("Reserve")
    hand.sees("reserved: Ann on the phone")
    hand.enter("Search everything", "mantel")
    hand.follow(str(piece))
    hand.follow("Sell it at the till")
    hand.press("Card terminal")
    hand.sees("Receipt, 80 mm")
    piece.refresh_from_db()
    assert piece.sold_at
    assert hand.taps == said


def test_day_close(hand: Hand, said: int, clock: Item) -> None:
    take("120")
    hand.follow("The drawer: close the day")
    hand.type("Counted now:", "120")
    hand.press("Sign and close the day")
    hand.sees("is closed for good")
    assert DayClose.objects.get().counted == 120
    assert hand.taps == said
