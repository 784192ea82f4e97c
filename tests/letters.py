"""One of each mail that the shop can send, about things with pictures and a ticket with a photo."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.mail import (
    mail_about_change,
    mail_check,
    mail_erased,
    mail_my_data,
    mail_new_link,
    mail_password_page,
    mail_welcome,
    notify_about_account,
    notify_about_browser,
    notify_about_factor,
)
from accounts.models import User
from bag.models import ShippingRequest, WaitlistEntry, Wish
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue_locked
from invoices.mail.enclosures import enclosure_of
from invoices.mail.invoices import notify_about_invoice, notify_shop
from invoices.mail.orders import mail_cancel_link, notify_about_order
from invoices.mail.withdrawals import acknowledge, notify_about_withdrawal
from invoices.models import Invoice, Withdrawal
from mail.models import Mail
from mail.outbox import EVENTS, enqueue_mail
from repairs_restorals.mail import notify_customer, notify_workshop
from repairs_restorals.models import TicketMessage
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.signals import Enclosure
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, make_ticket
from repairshop.models import Fault
from store.models import Item, ItemImage, Order, Question, ShopProfile
from store.tests.factories import make_item, make_order
from typed.languages import visitors_language

ORDERS = ["placed", "unconfirmed", "pay", "ready", "ship", "collect", "sold", "cancel", "unpaid"]
ORDERS += ["remind", "discount", "dropped", "slip", "reopened"]
INVOICES = ["deposit", "invoice", "reminder", "payment", "refund"]
TICKETS = ["filed", "moved", "message", "quote", "accepted", "declined", "went_ahead", "merged"]
TICKETS += ["shown"]
WITH_BILL = ["moved", "accepted", "went_ahead"]
DESK = ["filed", "message", "accepted", "declined", "reopened", "cancelled"]


def make_shop() -> None:
    address = {"street": "Mill Lane 4", "postcode": "12345", "city": "Oldtown", "country": "DE"}
    bank = {"iban": "DE02120300000000202051", "account_holder": "Ann Old"}
    own = {"email": "shop@example.com", "phone": "+49 30 901820", "opening_hours": "Mon–Fri: 9–18"}
    ShopProfile.objects.update_or_create(pk=1, defaults={**address, **bank, **own})


def make_thing(title: str, *, pieces: int = 1) -> Item:
    item = make_item(title=title, pieces=pieces)
    name = f"items/{item.pk:032}/full.webp"
    ItemImage.objects.create(
        item=item, image=name, alt_text=f"{title}, from the front", width=1200, height=900
    )
    return item


def write_all(customer: User) -> dict[str, Mail]:
    """Enqueue every mail; return them by their events."""
    make_shop()
    write_about_account(customer)
    write_about_things(customer)
    write_about_order(customer)
    write_about_ticket(customer)
    letters = {mail.event: mail for mail in Mail.objects.order_by("pk")}
    assert {*letters} == {*EVENTS}
    return letters


def write_about_account(customer: User) -> None:
    for event in ("deactivated", "password_changed"):
        notify_about_account(event, customer.email, customer)
    for event in ("password_reset", "password_link", "taken"):
        mail_password_page(event, customer, SITE)
    mail_check(customer.email, "abc-123", SITE)
    mail_erased(customer.email, SITE)
    mail_my_data(customer.email, "/accounts/my-data/abc-123/", SITE)
    mail_welcome(customer, SITE)
    mail_about_change("old@example.com", customer, f"{SITE}/accounts/email/undo/abc-123/", SITE)
    notify_about_factor(customer, "added: phone")
    notify_about_browser(customer, "Firefox on Linux", "192.0.2.7")


def write_about_things(customer: User) -> None:
    thing, other = make_thing("Vase <old>"), make_thing("Vase & bowl")
    piece = thing.pieces.get()
    piece.held_until = timezone.now() + timedelta(hours=3)
    entry = WaitlistEntry(item=thing, piece=piece, email="ann@example.com", site=SITE)
    stop = {"stop": f"{SITE}/bag/no-mails/abc/"}
    for event in ("bag.turn", "bag.sold", "bag.withdrawn"):
        write(event, entry=entry, is_removed=False, **stop)
    write("bag.reservation_sold", items=[thing, other])
    write("bag.wish", wish=Wish(item=thing), news=[other, thing], **stop)
    said = {"name": "Ann", "email": "ann@example.com", "text": "How tall is it?", "site": SITE}
    question = Question.objects.create(item=thing, answer="Twelve inches: 30 cm.", **said)
    for event in ("store.answer", "store.question_shop"):
        write(event, question=question)
    where = {"country_code": "BR", "city": "Santos", "postcode": "11010-000"}
    answered = {"price": 800, "until": piece.held_until, "answer": "By ship: in six weeks."}
    said = {"email": "ann@example.com", "note": "It is for a school.", "site": SITE}
    asked = ShippingRequest.objects.create(item=thing, **said, **where, **answered)
    for event in ("bag.shipping_shop", "bag.shipping_offer", "bag.shipping_declined"):
        write(event, asked=asked)
    faults = [Fault(kind="ValueError", place="store/views.py:87 in get", last_at=timezone.now())]
    write("repairshop.faults", faults=faults, more=2)
    write("repairshop.test")


def write(event: str, **context: object) -> None:
    language = visitors_language()
    enqueue_mail(event, to="ann@example.com", context=context, language=language, site=SITE)


def write_about_order(customer: User) -> None:
    clock, lamp = make_thing("Mantel clock", pieces=2), make_thing("Lamp (brass)")
    order = make_order(clock, customer=customer, delivery="ship", **ADDRESS)
    for line in make_order(lamp).lines.all():
        order.lines.add(line)
    Order.objects.filter(pk=order.pk).update(
        cancelled_because=Order.Ending.UNPAID,
        tracking="JJD 0001",
        discount=Decimal(20),
        discount_reason="Loyal: twice here",
    )
    mail_new_link(order, SITE)
    invoice = bill_order(Order.objects.get(pk=order.pk), site=SITE)
    for event in ORDERS:
        notify_about_order(order.pk, event, SITE)
    mail_cancel_link(order, f"{order.get_absolute_url()}cancel/1-739000-key/", SITE)
    for event in INVOICES:
        notify_about_invoice(invoice, event, amount=Decimal(15))
    note = Invoice.objects.create(corrects=issue_locked(invoice, None), reason="Scratch", site=SITE)
    notify_about_invoice(note, "credit")
    for event in ("refund", "refund_failed", "dispute"):
        notify_shop(invoice, event, amount=Decimal(15))
    write_about_withdrawal(order)


def write_about_withdrawal(order: Order) -> None:
    """By somebody who has named an order without its link, and gives another address."""
    said = {"name": "Ann", "contract": f"{order}: the lamp", "email": "ann@example.com"}
    withdrawal = Withdrawal.objects.create(order=order, things="Lamp (brass)", site=SITE, **said)
    withdrawal.refresh_from_db()
    acknowledge(withdrawal, order.email, ["We see to it."])
    notify_about_withdrawal(withdrawal, "withdrawal_next", steps=["We cancel it."])
    withdrawal.answer = Withdrawal.Answer.LATE
    notify_about_withdrawal(withdrawal, "withdrawal_answer", words="It came in March.")


ADDRESS: dict[str, Any] = {
    "street": "Road 1",
    "postcode": "54321",
    "city": "Newtown",
    "country": "DE",
}


def write_about_ticket(customer: User) -> None:
    ticket = make_ticket(customer, title="Zither", go_ahead_limit=Decimal(50))
    make_photo(ticket)
    quote = make_quote(ticket, "100.00", "20.00", deposit=Decimal(30), reason="Too much")
    send_quote(quote_id=quote.pk, actor=customer, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=quote.Via.LINK, site=SITE)
    ticket.refresh_from_db()
    quote.refresh_from_db()
    message = TicketMessage(ticket=ticket, author=customer, body="Come\nby: 9 o’clock")
    message.save()
    said: dict[str, Any] = {
        "quote": quote,
        "message": message,
        "note": "See you.",
        "others": [ticket],
        "caption": "A zither, 1910",
        "page": f"{SITE}/workshop/consent/1-123456-{'a' * 22}/",
    }
    bill = enclosure_of(Invoice.objects.get(ticket=ticket))
    for event in TICKETS:
        enclosure = bill if event in WITH_BILL else Enclosure()
        notify_customer(ticket, event, SITE, enclosure=enclosure, **said)
    for event in DESK:
        notify_workshop(ticket, event, SITE, **said)
