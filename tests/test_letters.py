"""Every mail has a text and an HTML that say the same, with one button and whole pictures."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import deepcopy
from html import unescape
from html.parser import HTMLParser

import pytest

from accounts.models import User
from accounts.tests.factories import make_user
from mail.letters import LINK, in_two
from mail.models import Mail
from mail.outbox import EVENTS
from mail.sending import message_of
from repairs_restorals.models import TicketImage
from repairs_restorals.tests.factories import SITE
from store.models import Order
from tests.letters import write_all

pytestmark = pytest.mark.django_db
ABOUT_THINGS = {
    *("bag.turn", "bag.sold", "bag.withdrawn", "bag.wish", "store.answer", "store.question_shop"),
    "bag.reservation_sold",
    *("bag.shipping_shop", "bag.shipping_offer", "bag.shipping_declined"),
    *(f"invoices.{name}" for name in ("placed", "pay", "ready", "ship", "collect", "cancel")),
    *(f"invoices.{name}" for name in ("unpaid", "remind", "discount", "invoice", "reminder")),
    *(f"invoices.{name}" for name in ("deposit", "payment", "refund", "credit", "unconfirmed")),
    *(f"invoices.{name}" for name in ("dropped", "slip", "reopened", "sold")),
}
# Nothing is to be done, or each of the things has its own link.
WITHOUT_BUTTON = {
    *(f"accounts.{name}" for name in ("deactivated", "erased", "factor_changed")),
    *(f"accounts.{name}" for name in ("new_browser", "password_changed")),
    "bag.wish",
    "repairshop.faults",
    "repairshop.test",
}
FIRST_LINE = "Hello"
LINKS = re.compile(re.escape(SITE) + r"/\S*")


class Read(HTMLParser):
    """What an HTML part holds: its words, links, buttons and pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.buttons: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= {*given}
        if tag == "a":
            self.links.append(str(given["href"]))
            if given.get("class") == "button":
                self.buttons.append(str(given["href"]))
        if tag == "img":
            self.pictures.append(given)

    def handle_data(self, data: str) -> None:
        self.words += data.split()


@pytest.fixture(scope="module")
def alice(building: Callable[[], AbstractContextManager[None]]) -> User:
    with building():
        return make_user("alice@example.com")


@pytest.fixture(scope="module")
def written(building: Callable[[], AbstractContextManager[None]], alice: User) -> dict[str, Mail]:
    with building():
        return write_all(alice)


@pytest.fixture
def letters(written: dict[str, Mail]) -> dict[str, Mail]:
    return deepcopy(written)


def words_of(text: str) -> list[str]:
    """Without colons, which columns of a table have not, and addresses, which are behind words."""
    return LINKS.sub("", text).replace(":", " ").split()


def test_text_and_html_say_the_same(letters: dict[str, Mail]) -> None:
    for event, mail in letters.items():
        html = Read(mail.html)
        said = " ".join(html.words)
        body = said[said.index(mail.subject, said.index(mail.subject) + 1) :]
        assert words_of(body) == words_of(f"{mail.subject} {mail.text}"), event
        assert html.links == LINKS.findall(mail.text), event


def test_what_tells_the_shop_is_answered_to_the_customer(
    letters: dict[str, Mail], alice: User
) -> None:
    of_shop = {name for name in letters if name.endswith(("_shop", "_workshop"))}
    others = {"invoices.withdrawn_shop": "ann@example.com"}

    # `store.questions` says to whom questions are answered.
    for event in of_shop - {"store.question_shop", "bag.shipping_shop"}:
        assert letters[event].reply_to == others.get(event, alice.email), event
    answered = {mail.reply_to for event, mail in letters.items() if event.startswith("repairs_")}
    assert answered == {alice.email, "shop@example.com"}


def test_machines_do_not_answer_what_machines_send(letters: dict[str, Mail]) -> None:
    sent = {event: message_of(mail).message() for event, mail in letters.items()}
    typed = {event for event, message in sent.items() if "Auto-Submitted" not in message}

    assert typed == {"store.answer", "repairs_restorals.message", "bag.shipping_declined"}
    assert sent["invoices.placed"]["Auto-Submitted"] == "auto-generated"


def test_an_order_names_things_prices_and_where_it_goes(letters: dict[str, Mail]) -> None:
    text = letters["invoices.placed"].text
    order = Order.objects.get(delivery="ship")

    for line in order.lines_that_count:
        assert f"{line.title} ({line.piece}): €" in text
    for part in ("Shipping: €", "Total: €", "We send it to:\nAlice", "Road 1", "54321 Newtown"):
        assert part in text


def test_each_has_one_button_for_what_comes_next(letters: dict[str, Mail]) -> None:
    without = {event for event, mail in letters.items() if not Read(mail.html).buttons}

    assert without == WITHOUT_BUTTON
    assert all(len(Read(mail.html).buttons) <= 1 for mail in letters.values())


def test_what_is_to_be_paid_is_what_the_button_is_for(letters: dict[str, Mail]) -> None:
    for event in ("accepted", "went_ahead", "moved"):
        mail = letters[f"repairs_restorals.{event}"]
        assert "Please pay €30.00 now" in mail.text
        assert ">Pay the deposit</a>" in mail.html
        assert "/invoices/" in Read(mail.html).buttons[0]
    assert ">Look at the quote</a>" in letters["repairs_restorals.quote"].html
    assert ">Choose a new password</a>" in letters["accounts.password_reset"].html


def test_pictures_are_of_things_and_whole(letters: dict[str, Mail]) -> None:
    shown = {event for event, mail in letters.items() if Read(mail.html).pictures}
    assert shown == ABOUT_THINGS

    for mail in letters.values():
        for picture in Read(mail.html).pictures:
            assert picture["alt"]
            assert str(picture["src"]).startswith(f"{SITE}/media/items/")


def test_each_thing_is_shown_once(letters: dict[str, Mail]) -> None:
    pictures = [picture["alt"] for picture in Read(letters["invoices.placed"].html).pictures]

    # There are two of the clock, each on a line of its own.
    clock = "Mantel clock, from the front"
    assert pictures == [clock, clock, "Lamp (brass), from the front"]
    assert len(Read(letters["invoices.cancel"].html).pictures) == 3


def test_no_photo_of_a_ticket_is_in_a_mail(letters: dict[str, Mail]) -> None:
    name = str(TicketImage.objects.get().image)

    for event, mail in letters.items():
        assert name.split("/")[-2] not in mail.html, event
        assert not (event.startswith("repairs") and "<img" in mail.html), event


def test_nothing_runs_and_nothing_is_fetched_but_pictures(letters: dict[str, Mail]) -> None:
    for event, mail in letters.items():
        html = Read(mail.html)
        assert not html.tags & {"script", "link", "iframe", "form", "object", "svg", "video"}, event
        assert not {name for name in html.attributes if name.startswith("on")}, event
        assert "url(" not in mail.html
        assert "@import" not in mail.html
        assert "@font-face" not in mail.html


def test_they_can_be_read_in_the_dark(letters: dict[str, Mail]) -> None:
    for mail in letters.values():
        assert '<meta name="color-scheme" content="light dark">' in mail.html
        assert "@media (prefers-color-scheme: dark)" in mail.html


def test_what_the_last_release_wrote_still_goes(letters: dict[str, Mail]) -> None:
    mail = letters["invoices.placed"]
    mail.html = ""

    assert not message_of(mail).alternatives
    assert message_of(mail).body == mail.text


def test_no_title_is_markup(letters: dict[str, Mail]) -> None:
    html = letters["bag.wish"].html

    assert "Vase <old>" not in html
    assert "Vase <old>" in unescape(html)
    assert len(EVENTS) == len(letters)


@pytest.mark.parametrize(
    ("line", "words", "amount"),
    [
        ("Total: €85.50", "Total", "€85.50"),
        ("Clock: brass:  12", "Clock: brass", "12"),
        ("Total\u00a0: 85,50\u00a0€", "Total", "85,50\u00a0€"),
        ("Opens at 9:30", "Opens at 9:30", ""),
        ("Note : 12", "Note : 12", ""),
        (": 12", ": 12", ""),
        ("Kind: brass", "Kind: brass", ""),
        (f"Note: {'1' * 41}", f"Note: {'1' * 41}", ""),
        # A pattern would try each blank with each figure.
        pytest.param(line := f"a:{' ' * 9999}{'1' * 9999}:", line, "", id="almost"),
    ],
)
def test_a_line_ends_with_an_amount_or_has_none(line: str, words: str, amount: str) -> None:
    assert in_two(line) == (words, amount)


@pytest.mark.parametrize("before", ["See it: ", "See it\u00a0: ", "See it:  "])
def test_a_link_has_the_words_before_it(before: str) -> None:
    match = LINK.match(f"{before}https://shop.example/order/")

    assert match
    assert match["words"] == "See it"
