"""What the owner has written reaches orders, mails and papers in their customer's language."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import override

from accounts.models import User
from bag.services import hold_pieces
from invoices.documents.issuing import issue
from invoices.mail.orders import notify_about_order
from invoices.orders.pdf import confirmation
from invoices.orders.placing import Agreed, place_order
from mail.models import Mail
from repairs_restorals.models import BeforeAfter, Workshop
from repairs_restorals.pdf import of_receipt
from repairs_restorals.tests.factories import make_photo, make_ticket
from store.closed_days import ClosedDays
from store.models import Item, Order, ShopProfile
from store.tests.factories import make_item, new_order, offer_languages
from tests.test_spoken import words_of

SITE = "https://shop.example.com"


@pytest.fixture(autouse=True)
def shop(db: None) -> ShopProfile:
    shop = offer_languages("de")
    shop.email, shop.opening_hours, shop.invoice_note = "shop@example.com", "Always", "Thanks"
    shop.withdrawal = "You may withdraw."
    german = {
        "opening_hours": "Immer",
        "invoice_note": "Danke sehr",
        "terms": "Erst zahlen.",
        "withdrawal": "Sie dürfen widerrufen.",
        "guarantee": "Es hält zwei Jahre.",
    }
    for field, text in german.items():
        shop.translate(field, "de", text)
    shop.save()
    return shop


@pytest.fixture
def lamp() -> Item:
    item = make_item(title="Lamp", price=Decimal(10))
    item.translate("title", "de", "Grubenlampe")
    item.save()
    return item


def ordered(item: Item, language: str) -> Order:
    """As the checkout does it, whose address says the language."""
    with override(language):
        hold_pieces(item_id=item.pk, quantity=1, bag_key="key")
        order = new_order("key")
        order.language = language
        agreed = {item.pk: Agreed(1, item.price, item.shipping)}
        return place_order(order=order, agreed=agreed, site=SITE)


def test_an_order_keeps_what_its_customer_has_read(lamp: Item) -> None:
    order = ordered(lamp, "de")

    assert order.lines.get().title == "Grubenlampe"
    assert order.terms
    assert order.terms.text == "Erst zahlen."


def test_an_order_in_the_main_language_is_as_ever(lamp: Item) -> None:
    order = ordered(lamp, "en")

    assert order.lines.get().title == "Lamp"
    assert order.terms
    assert order.terms.text == "You pay, we pack."


def test_its_mails_and_papers_say_it_whoever_sets_them_off(lamp: Item) -> None:
    order = ordered(lamp, "de")
    with override("fr"):
        notify_about_order(order.pk, "placed", SITE)
        paper = words_of(confirmation.attached(str(order.pk))[1])
        issued = issue(invoice_id=order.invoice.pk)

    mails = Mail.objects.filter(to=order.email, event="invoices.placed").values_list("text")
    assert len(mails) == 2
    for [mail] in mails:
        assert "Grubenlampe" in mail
        assert "Sie dürfen widerrufen." in mail
        assert "You may withdraw." not in mail
    assert issued.snapshot["notes"][-1] == "Danke sehr"
    for text in ("Grubenlampe", "Erst zahlen.", "Es hält zwei Jahre."):
        assert text in paper


def test_messages_call_things_as_the_page_does(client: Client, lamp: Item) -> None:
    first = client.post(f"/de/bag/add/{lamp.pk}/", {"quantity": 1}, follow=True).text
    second = client.post(f"/de/bag/add/{lamp.pk}/", {"quantity": 1}, follow=True).text

    assert "„Grubenlampe“ liegt in Ihrem Warenkorb." in first
    assert "„Grubenlampe“ liegt bereits in Ihrem Warenkorb" in second


def test_managers_say_how_the_workshop_works_in_each_language(admin_client: Client) -> None:
    typed = {"hourly_rate": "75.00", "tax_rate": "7.00", "quote_days": "10", "intro_de": "Geigen"}

    address = reverse("admin:repairs_restorals_workshop_changelist")
    assert admin_client.post(address, typed).status_code == 302

    assert Workshop.get_solo().translations == {"intro": {"de": "Geigen"}}


def test_the_workshop_speaks_it(client: Client) -> None:
    workshop = Workshop.get_solo()
    workshop.intro, workshop.how_it_works = "Violins", "You come.\n\nWe mend."
    workshop.translate("intro", "de", "Geigen")
    workshop.save()

    page = client.get("/de/workshop/").text

    assert "<p>Geigen</p>" in page
    assert '<li lang="en">We mend.</li>' in page
    assert "Immer" in page
    assert of_receipt(make_ticket(language="de"), "")["hours"] == "Immer"
    assert of_receipt(make_ticket(language="en"), "")["hours"] == "Always"


def test_captions_of_good_work_are_in_the_language_of_the_page(client: Client, alice: User) -> None:
    ticket = make_ticket(alice)
    pair = {"before": make_photo(ticket), "after": make_photo(ticket)}
    for caption, german in (("A viola", "Eine Bratsche"), ("A lute", "")):
        shown = BeforeAfter(ticket=ticket, caption=caption, consent="by mail", **pair)
        shown.translate("caption", "de", german)
        shown.save()

    page = client.get("/de/workshop/").text

    assert "<figcaption>Eine Bratsche</figcaption>" in page
    assert '<figcaption lang="en">A lute</figcaption>' in page


def test_what_is_said_of_closed_days_is_marked_with_its_language(
    client: Client, shop: ShopProfile
) -> None:
    today = localdate()
    shop.closed_days = [ClosedDays(today, today, "We are at a fair.").row]
    shop.save()

    assert '<span lang="en">We are at a fair.</span>' in client.get("/de/").text
    assert "We are at a fair." in client.get("/").text
