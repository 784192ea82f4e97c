"""The whole way in German and in French, from looking to the invoice: shop, workshop and desk."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, Locator

from accounts.models import User
from accounts.tests.factories import PASSWORD, mails_sent
from repairs_restorals.models import ServiceTicket, Workshop
from store.models import Order
from store.tests.factories import make_item, offer_languages
from tests.conftest import open_page
from tests.test_english_left import english_in, seen_on
from tests.test_journey import DESKTOP, PHONE, fits
from tests.test_money_journey import look
from tests.test_spoken import words_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.parametrize("language", ["de", "fr"]),
]
WINDOWS: list[Any] = [DESKTOP["viewport"], PHONE["viewport"]]
# What the laws of these countries have buttons say.
ORDER = {"de": "Zahlungspflichtig bestellen", "fr": "Commande avec obligation de paiement"}
WITHDRAW = {"de": "Vertrag widerrufen", "fr": "Renoncer au contrat ici"}
CONFIRM = {"de": "Widerruf bestätigen", "fr": "Confirmer la rétractation"}
TERMS = "§ 1"
SOMEBODY = {"name": "Ann Guest", "email": "ann@example.com", "phone": "030 5557812"}


class Reader:
    """Somebody who reads one language; every page that they come to is all in it, and fits."""

    def __init__(self, browser: Browser, site: str, language: str) -> None:
        self.language = language
        self.page = open_page(browser, site, locale=language, **DESKTOP)
        self.main = self.page.locator("main, #content")

    def said(self, english: str) -> str:
        with override(self.language):
            return gettext(english)

    def goes_to(self, address: str) -> None:
        self.page.goto(address)
        self.reads()

    def follows(self, link: str) -> None:
        self.presses(self.page.get_by_role("link", name=self.said(link)).first)

    def presses(self, button: str | Locator) -> None:
        if isinstance(button, str):
            button = self.page.get_by_role("button", name=self.said(button), exact=True).first
        with self.page.expect_navigation():
            button.click()
        self.reads()

    def fills(self, **fields: str) -> None:
        for name, text in fields.items():
            self.main.locator(f"[name={name}]").first.fill(text)

    def reads(self) -> None:
        address = self.page.url
        assert self.page.locator("html").get_attribute("lang") == self.language, address
        assert english_in(seen_on(self.page.content().encode())) == [], address
        for window in WINDOWS:
            self.page.set_viewport_size(window)
            name = "-".join(re.findall(r"\w+", urlsplit(address).path))
            look(self.page, f"{self.language}-{name}-{window['width']}")
            assert fits(self.page), f"{address} at {window}"

    def opens(self, address: str) -> None:
        self.presses(self.main.locator(f"a[href*='{address}']").first)

    def prints(self) -> str:
        address = self.main.locator("a[href*='/pdf/']").first.get_attribute("href")
        text = words_of(self.page.request.get(str(address)).body())
        assert english_in(text) == []
        return text

    def mailed(self, to: str) -> str:
        """The mails to somebody, with what is attached to them."""
        found = [mail for mail in mails_sent() if mail.to == [to]]
        for mail in found:
            assert isinstance(mail, EmailMultiAlternatives)
            assert f'<html lang="{self.language}"' in str(mail.alternatives[0][0])
        papers = [words_of(each[1]) for mail in found for each in mail.attachments]
        text = "\n".join([*(f"{mail.subject}\n{mail.body}" for mail in found), *papers])
        assert english_in(text) == []
        return text


@pytest.fixture
def site(live_server: Any, sam: User, wren: User, language: str) -> str:
    """A shop that says in each language what is its owner's to say."""
    shop = offer_languages("de", "fr")
    shop.tagline, shop.terms, shop.email = "1880", TERMS, "shop@example.com"
    shop.save()
    clock = make_item(title="Pendule, Uhr")
    clock.translations = {"title": {"de": "Kaminuhr", "fr": "Pendule"}}
    clock.save()
    Workshop.objects.update_or_create(pk=1, defaults={"default_assignee": wren})
    for staff in (sam, wren):
        staff.language = language
        staff.save()
    return str(live_server.url)


def orders(reader: Reader) -> None:
    reader.goes_to(f"/{reader.language}/")
    reader.goes_to(f"/{reader.language}/store/?q=pendule")
    reader.presses(reader.main.locator(".tile a").first)
    reader.presses("Put it in the bag")
    reader.follows("To the checkout")
    reader.fills(**SOMEBODY)
    for name, value in {"delivery": "collect", "payment_method": "transfer"}.items():
        reader.main.locator(f"[name={name}][value={value}]").check()
    reader.page.locator("[name=terms]").check()
    reader.presses(reader.page.get_by_role("button", name=ORDER[reader.language]))


def logs_in(reader: Reader, who: User, leads_to: str) -> None:
    reader.goes_to(f"/{reader.language}/accounts/login/?next={leads_to}")
    reader.fills(username=who.email, password=PASSWORD)
    reader.presses(reader.main.get_by_role("button"))


def test_a_thing_is_ordered_paid_and_withdrawn_from(
    browser: Browser, site: str, sam: User, language: str
) -> None:
    guest, desk = Reader(browser, site, language), Reader(browser, site, language)
    orders(guest)
    mailed = guest.mailed(SOMEBODY["email"])
    assert f"/{language}/orders/" in mailed
    # On the confirmation that is attached.
    assert TERMS in mailed

    order = Order.objects.get()
    logs_in(desk, sam, "/admin/")
    desk.goes_to("/admin/store/order/")
    desk.follows(order.reference)
    desk.opens("/pay/")
    desk.presses("Record the payment")

    guest.goes_to(order.get_absolute_url())
    guest.opens("/invoices/")
    assert "Ann Guest" in guest.prints()

    guest.page.go_back()
    guest.presses(guest.page.get_by_role("link", name=WITHDRAW[language]).first)
    guest.fills(name=SOMEBODY["name"], email=SOMEBODY["email"])
    guest.presses(guest.main.locator("[type=submit]"))
    guest.presses(guest.page.get_by_role("button", name=CONFIRM[language], exact=True))
    assert order.reference in guest.mailed(SOMEBODY["email"])
    desk.goes_to("/admin/")
    desk.goes_to("/admin/invoices/withdrawal/")
    desk.presses(desk.main.locator(".results th a, .results td a").first)


def test_a_thing_is_mended(
    browser: Browser, site: str, alice: User, wren: User, language: str
) -> None:
    User.objects.filter(pk=alice.pk).update(language=language)
    customer, desk = Reader(browser, site, language), Reader(browser, site, language)
    logs_in(customer, alice, f"/{language}/workshop/")
    customer.follows("File a ticket")
    customer.fills(title="Viola", description="A 440")
    customer.presses("Send the ticket")
    customer.goes_to(f"/{language}/accounts/profile/")
    customer.goes_to(f"/{language}/workshop/tickets/")

    logs_in(desk, wren, "/admin/")
    desk.goes_to(change_page(ServiceTicket.objects.get()))
    desk.presses("Write a quote")
    desk.fills(**{"lines-0-description": "A 415", "lines-0-quantity": "2.5"})
    desk.fills(**{"lines-0-price": "60"})
    desk.presses("Save and preview")
    desk.presses("Send to the customer")

    elsewhere = Reader(browser, site, language)
    elsewhere.goes_to(link_in(customer.mailed(alice.email), "quotes"))
    elsewhere.presses(elsewhere.main.locator("[value=accept]"))
    elsewhere.goes_to(link_in(customer.mailed(alice.email), "status"))
    desk.mailed(wren.email)

    desk.goes_to(change_page(ServiceTicket.objects.get()))
    for status in ("in_progress", "ready"):
        desk.presses(desk.main.locator(f"[name=transition-to][value={status}]"))
    customer.mailed(alice.email)
    with override(language):
        customer.goes_to(ServiceTicket.objects.get().get_absolute_url())
    customer.opens("/invoices/")
    assert "Viola" in customer.prints()


def change_page(ticket: ServiceTicket) -> str:
    return f"/admin/repairs_restorals/serviceticket/{ticket.pk}/change/"


def link_in(mails: str, leads_to: str) -> str:
    """Where the last link that leads there does."""
    links: list[str] = re.findall(rf"http\S+/{leads_to}/\S+/", mails)
    return urlsplit(links[-1]).path
