"""Somebody of the staff who taps and types, and counts the taps."""

from collections.abc import Sequence
from pathlib import Path
from re import Pattern

from playwright.sync_api import Locator, Page

from tests.test_journey import fits

# One on the field, and one on what it then offers.
TAPS_TO_CHOOSE = 2


class Hand:
    """Each tap, click and Enter counts; letters that are typed do not, nor what a camera asks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, what: Locator) -> None:
        what.click()
        self.taps += 1

    def press(self, name: str) -> None:
        self.tap(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str | Pattern[str]) -> None:
        self.tap(self.page.get_by_role("link", name=name, exact=isinstance(name, str)))

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def enter(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Enter")
        self.taps += 1

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)
        self.taps += TAPS_TO_CHOOSE

    def photograph(self, label: str, photos: Sequence[Path]) -> None:
        """The phone's own camera, or its choice of pictures, counts as one tap."""
        self.page.get_by_label(label).set_input_files(photos)
        self.taps += 1

    def scan(self, address: str) -> None:
        """The camera reads a label and offers its address: one tap opens it."""
        self.page.goto(address)
        self.taps += 1

    def prints(self, name: str) -> None:
        """A PDF that opens beside the page."""
        link = self.page.get_by_role("link", name=name, exact=True)
        answer = self.page.request.get(str(link.get_attribute("href")))
        assert answer.headers["content-type"] == "application/pdf"
        self.taps += 1

    def sees(self, text: str | Pattern[str]) -> None:
        """Wait for what the page says in the end; it fits the window."""
        self.page.get_by_text(text).first.wait_for()
        assert fits(self.page)
