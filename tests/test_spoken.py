"""Mails and papers speak the language of their reader, whoever sets them off."""

from io import BytesIO
from typing import Any

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from accounts.models import User
from bag.waitlist.mail import notify
from bag.waitlist.models import WaitlistEntry
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.documents.pdf import pdf_of
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice
from invoices.orders.pdf import confirmation
from mail.models import Mail
from mail.outbox import EVENTS, enqueue_mail
from mail.wordings import Words
from repairs_restorals.mail import notify_workshop
from repairs_restorals.services import file_ticket
from repairs_restorals.tests.factories import make_ticket
from store.models import Item, Order, ShopProfile
from store.tests.factories import make_item, make_order, offer_languages

SITE = "https://shop.example.com"
pytestmark = pytest.mark.usefixtures("shop")


@pytest.fixture
def shop(db: None) -> ShopProfile:
    shop = offer_languages("de", "fr")
    shop.email = "shop@example.com"
    shop.save()
    return shop


@pytest.fixture
def order(clock: Item) -> Order:
    order = make_order(clock, language="de", email="alice@example.com", name="Alice")
    bill_order(order, site=SITE)
    return order


def words_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_the_customer_reads_theirs_and_the_shop_its_own(order: Order) -> None:
    # As staff do who read French.
    with override("fr"):
        notify_about_order(order.pk, "placed", SITE)

    for_customer, for_shop = Mail.objects.order_by("pk")
    assert "Bestellung" in for_customer.subject
    assert f"{SITE}/de/orders/{order.secret}/" in for_customer.text
    assert 'lang="de"' in for_customer.html
    assert "order" in for_shop.subject.lower()
    assert 'lang="en"' in for_shop.html


def test_an_order_leads_to_pages_in_its_language(order: Order) -> None:
    with override("fr"):
        assert order.get_absolute_url() == f"/de/orders/{order.secret}/"


def test_papers_of_an_order_are_in_its_language(order: Order) -> None:
    assert f"Bestellung {order.reference}" in words_of(confirmation.attached(str(order.pk))[1])


def test_an_invoice_stays_in_the_language_in_which_it_was_issued(
    order: Order, settings: Any
) -> None:
    invoice = issue(invoice_id=Invoice.objects.get(order=order).pk)

    Order.objects.filter(pk=order.pk).update(language="fr")
    invoice = Invoice.objects.with_parts().get(pk=invoice.pk)
    with override("en"):
        said = words_of(pdf_of(invoice))
    assert f"Rechnung {invoice.number}" in said
    assert invoice.get_absolute_url().startswith("/de/invoices/")


def test_what_was_written_before_there_were_languages_is_in_the_main_one(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(language="")
    order.refresh_from_db()

    notify_about_order(order.pk, "placed", SITE)

    assert f"{SITE}/orders/{order.secret}/" in Mail.objects.earliest("pk").text
    assert Invoice.objects.get(order=order).language == "en"


def test_staff_file_a_ticket_in_the_language_of_its_customer(alice: User, wren: User) -> None:
    User.objects.filter(pk=alice.pk).update(language="fr")
    alice.refresh_from_db()
    ticket = make_ticket(customer=alice)
    ticket.pk, ticket._state.adding, ticket.idempotency_key = None, True, "another"
    ticket.status_secret = "another-secret"
    Mail.objects.all().delete()

    filed = file_ticket(ticket=ticket, site=SITE, actor=wren)

    assert filed.language == "fr"
    mail = Mail.objects.get(to=alice.email)
    assert f"{SITE}/fr/workshop/" in mail.text
    assert 'lang="fr"' in mail.html


def test_whoever_waits_is_told_by_the_timer_in_their_language(clock: Item) -> None:
    entry = WaitlistEntry.objects.create(
        item=clock,
        email="bob@example.com",
        site=SITE,
        language="de",
        state=WaitlistEntry.State.SOLD,
    )
    entry = WaitlistEntry.objects.with_current_state().select_related("item", "customer").get()

    assert notify(entry)

    mail = Mail.objects.get()
    assert 'lang="de"' in mail.html
    assert mail.headers["List-Unsubscribe"].startswith(f"<{SITE}/de/")


def test_words_of_staff_are_for_the_main_language(alice: User, sam: User) -> None:
    event = EVENTS["accounts.welcome"]
    with override("fr"):
        event.reword(Words("Hello from us", "Good to see you.\n"), by=sam)

    for language in ("de", "en"):
        context = {"user": alice}
        enqueue_mail(event.name, to=alice.email, context=context, language=language, site=SITE)

    in_german, in_english = Mail.objects.order_by("pk")
    assert in_english.subject == "Hello from us"
    assert in_german.subject != "Hello from us"
    with override("fr"):
        assert event.in_main_language().subject == "Hello from us"


def test_what_was_ordered_is_billed_in_the_language_of_who_pays(sam: User) -> None:
    order = make_order(make_item(), language="de", delivery=Order.Delivery.SHIP)
    order.lines.update(shipping=5)

    with override("fr"):
        bill_order(order, site=SITE)

    said = [line.description for line in Invoice.objects.get(order=order).lines.all()]
    assert any(each.startswith("Versand") for each in said)


def test_who_mends_a_thing_is_told_in_their_own_language(alice: User, wren: User) -> None:
    User.objects.filter(pk=wren.pk).update(language="fr")
    ticket = make_ticket(customer=alice, language="de", assignee=User.objects.get(pk=wren.pk))
    Mail.objects.all().delete()

    notify_workshop(ticket, "filed", SITE)

    assert 'lang="fr"' in Mail.objects.get(to=wren.email).html
